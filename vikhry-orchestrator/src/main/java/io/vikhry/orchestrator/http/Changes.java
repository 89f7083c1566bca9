package io.vikhry.orchestrator.http;

import io.vikhry.cluster.Cluster;
import io.vikhry.cluster.Halt;
import io.vikhry.cluster.Safety;
import io.vikhry.cluster.Transition;
import io.vikhry.orchestrator.run.Conductor;
import io.vikhry.orchestrator.run.Refusal;
import io.vikhry.orchestrator.run.Run;
import io.vikhry.orchestrator.run.StartRequest;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** What the API can ask of the run: each reads its body, and answers with what has been begun. */
final class Changes {
    private static final double LONGEST_RAMP_S = 7 * 86_400;
    private static final double LONGEST_RUN_S = 90 * 86_400;
    private static final double LONGEST_DRAIN_S = 3_600;
    private static final Duration DRAIN = Duration.ofSeconds(10);
    private static final String WATCH = "/api/v1/test";

    private final Cluster cluster;
    private final Conductor conductor;

    Changes(Cluster cluster, Conductor conductor) {
        this.cluster = cluster;
        this.conductor = conductor;
    }

    Object start(byte[] bytes) {
        Body body = Body.of(
                bytes, "users", "params", "ramp_s", "duration_s", "seed", "rate", "arrivals", "max_users", "safety");
        Safety safety = Limits.of(body);
        StartRequest.Open open = OpenLoad.of(body, safety);
        Run run = conductor.start(new StartRequest(
                open == null ? body.wholeNumber("users", 0, StartRequest.MAX_USERS) : OpenLoad.users(body, open),
                open,
                body.texts("params"),
                body.seconds("ramp_s", Duration.ZERO, LONGEST_RAMP_S),
                body.positiveSeconds("duration_s", LONGEST_RUN_S),
                body.longOrNull("seed"),
                safety));
        return answer(run, "epoch", run.head.plan().epoch());
    }

    Object users(byte[] bytes) {
        Body body = Body.of(bytes, "users", "ramp_s");
        Run run = conductor.changeUsers(
                body.wholeNumber("users", 0, StartRequest.MAX_USERS),
                body.seconds("ramp_s", Duration.ZERO, LONGEST_RAMP_S));
        Map<String, Object> answer = answer(run, "version", run.version());
        answer.put("target_users", run.targetUsers());
        return answer;
    }

    Object rate(byte[] bytes) {
        Body body = Body.of(bytes, "rate", "ramp_s");
        Run run = conductor.changeRate(
                body.number("rate", StartRequest.MAX_RATE), body.seconds("ramp_s", Duration.ZERO, LONGEST_RAMP_S));
        Map<String, Object> answer = answer(run, "version", run.version());
        answer.put("target_rate", run.targetRate());
        return answer;
    }

    Object stop(byte[] bytes) {
        Body body = Body.of(bytes.length == 0 ? new byte[] {'{', '}'} : bytes, "drain_s");
        Run run = conductor.stop(body.seconds("drain_s", DRAIN, LONGEST_DRAIN_S));
        return answer(run, "state", "STOPPING");
    }

    /** Goes to the workers from here: neither a queue nor a leader stands before it. */
    Object kill(byte[] bytes) {
        Body.of(bytes.length == 0 ? new byte[] {'{', '}'} : bytes);
        Transition killed = cluster.halts().order(Halt.Kind.KILL, "a request to the orchestrator");
        String runId = killed.state().runId();
        if (!killed.done() || runId == null) {
            throw new Refusal(
                    Refusal.Code.INVALID_STATE,
                    "No run is under way.",
                    Map.of("state", killed.state().state().name()));
        }
        return answer(runId, "state", "STOPPING");
    }

    private static Map<String, Object> answer(Run run, String key, Object value) {
        return answer(run.id(), key, value);
    }

    private static Map<String, Object> answer(String runId, String key, Object value) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("run_id", runId);
        answer.put(key, value);
        answer.put("watch", WATCH);
        return answer;
    }
}
