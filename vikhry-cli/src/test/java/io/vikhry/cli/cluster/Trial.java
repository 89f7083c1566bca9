package io.vikhry.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * A run to which something is done: an orchestrator and two workers in processes of their own, each with a network of its own to
 * one Redis, and users that work until the run is stopped. It measures how long the run takes to be whole again.
 */
final class Trial {
    static final int USERS = 12;
    static final List<String> WORKERS = List.of("worker-1", "worker-2");

    private static final Path SCENARIO = Path.of("src/test/resources/scenarios/AuditedVU.java");
    private static final Duration WHOLE_AGAIN = Duration.ofSeconds(40);
    /** For users to drain, for the last batches, and for a machine that is busy. */
    private static final Duration END = Duration.ofSeconds(10 + 5 + 5);
    /** Each user asks ten times a second, but for the moments in which it has a seat. */
    private static final long AT_WORK_NANOS = TimeUnit.MILLISECONDS.toNanos(700);

    private final Field field;
    private final Map<String, TcpProxy> ways = new HashMap<>();
    private final Map<String, RealProcess> processes = new HashMap<>();
    private int started;
    private Orders orders;
    private String runId;
    private long overNanos;
    private double seconds = Double.NaN;

    Trial(Field field) {
        this.field = field;
    }

    Field field() {
        return field;
    }

    /** Starts all processes and a run, and waits until all users are at work. */
    Trial begin() throws Exception {
        return begin(List.of(), List.of());
    }

    /** With a wrapper before the orchestrator's command and one before that of the second worker. */
    Trial begin(List<String> beforeOrchestrator, List<String> beforeWorker) throws Exception {
        gather(beforeOrchestrator, beforeWorker);
        start("");
        awaitAllAtWork();
        pause(Duration.ofSeconds(2));
        return this;
    }

    /** Starts all processes, and waits until they are ready for a run. */
    void gather(List<String> beforeOrchestrator, List<String> beforeWorker) throws Exception {
        startOrchestrator(beforeOrchestrator);
        startWorker("worker-1", List.of());
        startWorker("worker-2", beforeWorker);
        awaitOrchestrator();
        orders.awaitReadyWorkers(WORKERS.size());
    }

    /** Starts the run, with further {@code params}: {@code , "endMillis": 100}. */
    void start(String params) throws Exception {
        runId = orders.post(
                        "/api/v1/test/start",
                        "{\"users\": " + USERS + ", \"params\": {\"baseUrl\": \""
                                + field.target().url() + "\"" + params + "}}")
                .path("run_id")
                .asText();
    }

    private void startOrchestrator(List<String> wrapper) throws Exception {
        start(
                "orchestrator",
                wrapper,
                List.of("orchestrator", "start", "--port", "0", "--scenario", SCENARIO.toString()));
    }

    private void startWorker(String id, List<String> wrapper) throws Exception {
        start(id, wrapper, List.of("worker", "start", "--worker-id", id));
    }

    private void start(String name, List<String> wrapper, List<String> command) throws Exception {
        if (!ways.containsKey(name)) {
            ways.put(name, field.proxy());
        }
        String redis = field.redis().urlAt(ways.get(name).port());
        processes.put(
                name, field.keep(RealProcess.start(field.home(), redis, name + "-" + ++started, wrapper, command)));
    }

    /** Waits for an orchestrator that was started to answer; it is asked from then on. */
    private void awaitOrchestrator() {
        orders = new Orders(processes.get("orchestrator").awaitReady());
    }

    Orders orders() {
        return orders;
    }

    String runId() {
        return runId;
    }

    RealProcess process(String name) {
        return processes.get(name);
    }

    /** The network of a process. */
    TcpProxy way(String name) {
        return ways.get(name);
    }

    List<TcpProxy> ways() {
        return List.copyOf(ways.values());
    }

    void killOrchestrator() throws Exception {
        processes.get("orchestrator").kill();
    }

    /** Starts a process again that was killed. */
    void startAgain(String name) throws Exception {
        if (name.equals("orchestrator")) {
            startOrchestrator(List.of());
        } else {
            startWorker(name, List.of());
        }
    }

    /**
     * Starts again who has ended by itself, as whoever keeps processes running would: one that finds no Redis when it starts
     * does not stay.
     *
     * @param meant those that are to stay away
     */
    void keepRunning(Set<String> meant) throws Exception {
        for (String name : List.copyOf(processes.keySet())) {
            if (!meant.contains(name) && !processes.get(name).alive()) {
                startAgain(name);
            }
        }
    }

    /** What was done is over: from now on the run has to become whole again. */
    void over() {
        overNanos = System.nanoTime();
    }

    /** Waits until somebody leads and all users are at work. */
    void awaitWhole() {
        awaitLed();
        awaitAllAtWork();
        seconds = (System.nanoTime() - overNanos) / 1e9;
    }

    /** Waits until the orchestrator leads; it is asked from then on. */
    void awaitLed() {
        awaitOrchestrator();
        orders.awaitLeading(WHOLE_AGAIN);
    }

    /** How long it took, from when what was done was over until all users were at work and somebody led; NaN if nobody waited. */
    double secondsToBeWhole() {
        return seconds;
    }

    /** Waits until each user was heard of in the last moments, and since what was done is over. */
    void awaitAllAtWork() {
        await().atMost(WHOLE_AGAIN).pollInterval(Duration.ofMillis(50)).until(() -> {
            long since = System.nanoTime() - AT_WORK_NANOS;
            return field.target()
                            .usersSince(overNanos == 0 ? since : Math.max(since, overNanos))
                            .size()
                    == USERS;
        });
    }

    /** Stops the run, and waits for its report: within the time that a run may take to end. */
    JsonNode end() throws Exception {
        orders.post("/api/v1/test/stop", "{}");
        return ended();
    }

    /** Waits for the end of a run that was stopped, and for its report. */
    JsonNode ended() throws Exception {
        orders.awaitState("IDLE", END);
        JsonNode report = orders.report(runId);
        assertThat(report.path("stop_reason").asText()).as(report.toString()).isNotEmpty();
        return report;
    }

    /** What the processes have printed, for a trial that failed. */
    String output() {
        List<String> all = new ArrayList<>();
        processes.forEach((name, process) -> all.add("--- " + name + "\n" + process.output()));
        return String.join("\n", all);
    }

    static void pause(Duration time) {
        await().pollDelay(time).atMost(time.plusSeconds(10)).until(() -> true);
    }
}
