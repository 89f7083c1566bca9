package io.vikhry.cli.remote;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vikhry.cli.Failure;
import io.vikhry.cli.Interrupt;
import io.vikhry.cli.screen.Screen;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Starts a run, follows it to its end and fetches its report. */
public final class RunControl {
    private static final Duration TICK = Duration.ofSeconds(1);
    private static final long PLAIN_EVERY_TICKS = 5;
    private static final Duration DRAIN = Duration.ofSeconds(10);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(45);
    private static final Duration END_LIMIT = Duration.ofSeconds(60);
    private static final Duration REPORT_LIMIT = Duration.ofSeconds(20);

    private static final Pattern COUNT = Pattern.compile(" \\(\\d+ times in all\\)$");

    private final Api api;
    private final Screen screen;
    private final Set<String> lostWorkers = new HashSet<>();
    private final Set<String> warnings = new HashSet<>();

    /** Follows runs on {@code api} and tells of them on {@code screen}. */
    public RunControl(Api api, Screen screen) {
        this.api = api;
        this.screen = screen;
    }

    /** Starts a run, unless Ctrl-C came before, and returns its id. */
    public String start(
            Load load, Limits limits, Map<String, String> params, Duration ramp, @Nullable Duration duration) {
        Interrupt.failIfRequested();
        return api.post("/api/v1/test/start", startBody(load, limits, params, ramp, duration))
                .path("run_id")
                .asText();
    }

    /** What {@code POST /test/start} takes. */
    public static ObjectNode startBody(
            Load load, Limits limits, Map<String, String> params, Duration ramp, @Nullable Duration duration) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        load.writeTo(body);
        limits.writeTo(body);
        ObjectNode values = body.putObject("params");
        params.forEach(values::put);
        body.put("ramp_s", ramp.toMillis() / 1000.0);
        if (duration != null) {
            body.put("duration_s", duration.toMillis() / 1000.0);
        }
        return body;
    }

    /** Asks for the end of the current run; its users may take {@code drain} to finish their steps. */
    public JsonNode stop(Duration drain) {
        return api.post(
                "/api/v1/test/stop", JsonNodeFactory.instance.objectNode().put("drain_s", drain.toMillis() / 1000.0));
    }

    /**
     * Shows the run until it has ended. Ctrl-C stops the run, gracefully, and goes on to its end.
     *
     * @param alive asked at each tick; throws where a process that the run needs has ended
     * @return whether it was interrupted
     */
    public boolean follow(String runId, Runnable alive) {
        boolean interrupted = false;
        long stopBy = Long.MAX_VALUE;
        for (long tick = 0; ; tick++) {
            JsonNode test = api.get("/api/v1/test");
            JsonNode run = test.path("run");
            if (!run.path("run_id").asText().equals(runId)) {
                throw Failure.environment("run " + runId + " was replaced by run "
                        + run.path("run_id").asText());
            }
            if (test.path("state").asText().equals("IDLE")
                    && !run.path("ended_at").isNull()) {
                screen.clear();
                sayWhoWasLost(run);
                requireStarted(test, run);
                return interrupted;
            }
            requireInTime(test, run);
            show(test, tick);
            sayWhatHoldsLoops();
            sayWhoWasLost(run);
            if (!interrupted && Interrupt.requested()) {
                interrupted = true;
                screen.line("interrupted: stopping the run");
                stop(DRAIN);
                stopBy = System.nanoTime() + STOP_LIMIT.toNanos();
            }
            if (interrupted && System.nanoTime() - stopBy > 0) {
                throw Failure.of(Failure.INTERRUPTED, "the run did not stop within " + STOP_LIMIT.toSeconds() + " s");
            }
            alive.run();
            pause(interrupted);
        }
    }

    /** Code that holds its loop is for its author to mend: each place is named once. */
    private void sayWhatHoldsLoops() {
        for (JsonNode worker : api.get("/api/v1/workers").path("workers")) {
            String warning = uncounted(worker.path("warning").asText(""));
            if (!warning.isEmpty() && warnings.add(warning)) {
                screen.line(screen.red(worker.path("id").asText() + ": " + warning));
            }
        }
    }

    /** A worker counts on while a place holds its loop: with its count the warning would be another one each second. */
    static String uncounted(String warning) {
        return COUNT.matcher(warning).replaceFirst("");
    }

    private void sayWhoWasLost(JsonNode run) {
        for (JsonNode lost : run.path("lost_workers")) {
            String id = lost.path("id").asText();
            if (lostWorkers.add(id)) {
                long second = Math.max(
                        0, (lost.path("at").asLong() - run.path("started_at").asLong()) / 1000);
                screen.clear();
                screen.line(screen.red(id + " was lost, noticed at " + RunView.clock(second)
                        + "; its users go on where workers are left, and its last second of numbers is missing"));
            }
        }
    }

    /** A run that failed before its load began has nothing to report. */
    private static void requireStarted(JsonNode test, JsonNode run) {
        boolean begun = run.path("elapsed_s").asDouble() > 0;
        if (run.path("stop_reason").asText().equals("failed") && !begun) {
            throw Failure.of(
                    Failure.ENVIRONMENT,
                    "the run did not start: " + test.path("last_error").asText("for no reason that was given"));
        }
    }

    /** A run that began, and then failed or was aborted by its scenario, has a report but is no success. */
    public static void requireWhole(JsonNode report) {
        String reason = report.path("stop_reason").asText();
        String how = switch (reason) {
            case "failed" -> "the run failed: ";
            case "aborted" -> "the run was aborted: ";
            case "killed" -> "the run was killed by ";
            case "orphaned" -> "the run was ended by its workers: ";
            default -> "";
        };
        if (!how.isEmpty()) {
            throw Failure.environment(how + report.path("error").asText("for no reason that was given"));
        }
    }

    /** No gate may pass on numbers that are of something else than what was asked for. */
    public static void requireBelievable(JsonNode report) {
        JsonNode verdict = report.path("verdict");
        if (verdict.path("level").asText().equals("INVALID")) {
            throw Failure.of(
                    Failure.INVALID,
                    "the run is INVALID: "
                            + verdict.path("reasons").path(0).path("text").asText("for no reason that was given"));
        }
    }

    /** A run that has outlived its time by far has lost its orchestrator's hand: better an error than no end. */
    private static void requireInTime(JsonNode test, JsonNode run) {
        JsonNode endsAt = run.path("ends_at");
        if (endsAt.isNumber() && test.path("now").asLong() > endsAt.asLong() + END_LIMIT.toMillis()) {
            throw Failure.environment("the run has not ended " + END_LIMIT.toSeconds()
                    + " s after its time was over: see the logs of the orchestrator and the workers");
        }
    }

    private void show(JsonNode test, long tick) {
        boolean plainLine = !screen.terminal() && tick % PLAIN_EVERY_TICKS == PLAIN_EVERY_TICKS - 1;
        if (screen.terminal() || plainLine) {
            String line = RunView.line(test, api.get("/api/v1/metrics"));
            if (plainLine) {
                screen.line(line);
            } else {
                screen.live(line);
            }
        }
    }

    /** Once the end was asked for, waiting for that request again would not wait at all. */
    private static void pause(boolean interrupted) {
        if (!interrupted) {
            Interrupt.sleep(TICK);
            return;
        }
        try {
            Thread.sleep(200);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The report of a run that has ended, as it is kept. */
    public String report(String runId) {
        long deadline = System.nanoTime() + REPORT_LIMIT.toNanos();
        while (true) {
            try {
                return api.text("/api/v1/runs/" + runId + "/report.json");
            } catch (Failure e) {
                if (System.nanoTime() > deadline) {
                    throw e;
                }
                pause(true);
            }
        }
    }

    /** Prints the summary of a run that has ended. */
    public void summary(String runId, JsonNode report) {
        RunView.summary(api.get("/api/v1/runs/" + runId + "/summary"), report, screen)
                .forEach(screen::line);
    }
}
