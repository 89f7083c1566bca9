package io.vikhry.orchestrator.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.http.Context;
import io.vikhry.orchestrator.metrics.Numbers;
import io.vikhry.orchestrator.run.Conductor;
import io.vikhry.orchestrator.run.Json;
import io.vikhry.orchestrator.run.Refusal;
import io.vikhry.orchestrator.run.Run;
import io.vikhry.orchestrator.run.RunStore;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the API tells of the runs that the store keeps, the one under way among them. */
final class KeptRuns {
    private final Conductor conductor;
    private final RunStore store;
    private final Answers answers;

    KeptRuns(Conductor conductor, RunStore store, Answers answers) {
        this.conductor = conductor;
        this.store = store;
        this.answers = answers;
    }

    /** The runs kept here; the one under way has no report yet and shows its numbers so far. */
    List<RunStore.Entry> runs() {
        Optional<Run> now = conductor.run();
        return store.list().stream()
                .map(entry -> now.filter(run -> run.id().equals(entry.runId()) && entry.stopReason() == null)
                        .map(run -> entry(run, answers.numbers()))
                        .orElse(entry))
                .toList();
    }

    private static RunStore.Entry entry(Run run, Numbers numbers) {
        return new RunStore.Entry(
                run.id(),
                run.head.scenario(),
                run.startedAt(),
                null,
                null,
                run.targetUsers(),
                numbers.totals().count(),
                numbers.totals().failures(),
                numbers.totals().responseMs() == null
                        ? null
                        : numbers.totals().responseMs().p95(),
                null,
                null);
    }

    /** One run as the list shows it, with its verdict: so far, or for good. */
    Object run(Context ctx) {
        String id = id(ctx);
        RunStore.Entry entry = runs().stream()
                .filter(e -> e.runId().equals(id))
                .findFirst()
                .orElseThrow(() -> new Refusal(Refusal.Code.NOT_FOUND, "There is no run " + id + "."));
        ObjectNode answer = Json.MAPPER.valueToTree(entry);
        answer.set(
                "verdict",
                id.equals(answers.runId())
                        ? Json.MAPPER.valueToTree(answers.verdict())
                        : store.report(id).map(r -> r.get("verdict")).orElse(null));
        return answer;
    }

    JsonNode report(Context ctx) {
        String id = id(ctx);
        return store.report(id)
                .or(() -> conductor.run().filter(run -> run.id().equals(id)).map(Run::reportToWrite))
                .orElseThrow(() -> new Refusal(
                        Refusal.Code.NOT_FOUND,
                        "Run " + id + " has no report: it has not ended.",
                        Map.of("run_id", id)));
    }

    Object series(Context ctx) {
        String id = id(ctx);
        return Map.of("run_id", id, "points", store.points(id));
    }

    /** Of the run under way, or else of the last one. */
    Object latestProbe(Context ctx) {
        String runId = answers.runId();
        if (runId == null) {
            throw new Refusal(Refusal.Code.NOT_FOUND, "No run has called a probe yet.");
        }
        return probe(runId, ctx.pathParam("name"));
    }

    Object probe(Context ctx) {
        return probe(id(ctx), ctx.pathParam("name"));
    }

    private Map<String, Object> probe(String runId, String name) {
        Object points = conductor
                .run()
                .filter(run -> run.id().equals(runId))
                .filter(run -> run.probes().stream().anyMatch(p -> p.name().equals(name)))
                .<Object>map(run -> run.numbers().probePoints().getOrDefault(name, List.of()))
                .or(() -> store.probe(runId, name))
                .orElseThrow(() -> new Refusal(
                        Refusal.Code.NOT_FOUND,
                        "Run " + runId + " has no probe " + name + ".",
                        Map.of("run_id", runId, "probe", name)));
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("run_id", runId);
        answer.put("name", name);
        answer.put("points", points);
        return answer;
    }

    Object summary(Context ctx) {
        String id = id(ctx);
        if (id.equals(answers.runId())) {
            return answers.metrics();
        }
        JsonNode numbers = store.numbers(id)
                .orElseThrow(() -> new Refusal(
                        Refusal.Code.NOT_FOUND,
                        "Run " + id + " has no summary: it has not ended.",
                        Map.of("run_id", id)));
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("run_id", id);
        answer.put("totals", numbers.path("totals"));
        answer.put("rows", numbers.path("rows"));
        answer.put("completeness", numbers.path("completeness"));
        answer.put(
                "arrivals",
                store.report(id).map(report -> report.get("arrivals")).orElse(null));
        answer.put("complete_until", null);
        answer.put("lag_ms", null);
        return answer;
    }

    private String id(Context ctx) {
        String id = ctx.pathParam("id");
        if (!store.exists(id)) {
            throw new Refusal(Refusal.Code.NOT_FOUND, "There is no run " + id + ".", Map.of("run_id", id));
        }
        return id;
    }
}
