package io.vikhry.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vikhry.cluster.Cluster;
import io.vikhry.cluster.IntervalBatch.Kind;
import io.vikhry.cluster.IntervalBatch.SeriesDelta;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.util.ArrayList;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Many workers in one process, for one orchestrator at a time: joins them, starts runs through the API, reports for their time, and
 * holds what the orchestrator then says against what was sent. Prints one line of JSON for each thing it saw.
 *
 * <p>A thousand workers are a thousand warm machines, so the first orchestrator only warms this process up. When that is said
 * ({@code "what": "rehearsed"}), a fresh one is to answer at the second address: the figures are those of its first run, and of a
 * short second one.
 *
 * <pre>
 * Simulator REDIS_URL FIRST_ORCHESTRATOR_URL ORCHESTRATOR_URL workers=1000 users=1000000 series=50 samples=100 seconds=60
 * </pre>
 */
public final class Simulator {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int CONNECTIONS = 8;
    private static final int DIFFERENT = 32;
    private static final int SHORT_SECONDS = 20;

    private final int workers;
    private volatile String orchestrator;
    private final HttpClient http = HttpClient.newHttpClient();
    private final CountDownLatch joined;
    private volatile CountDownLatch assigned = new CountDownLatch(0);
    private final AtomicInteger troubles = new AtomicInteger();
    private final AtomicLong ticks = new AtomicLong();
    private final AtomicLong tickBytes = new AtomicLong();
    private volatile boolean over;

    private Simulator(String orchestrator, int workers) {
        this.orchestrator = orchestrator;
        this.workers = workers;
        this.joined = new CountDownLatch(workers);
    }

    public static void main(String[] args) throws Exception {
        Map<String, Integer> given = new TreeMap<>(
                Map.of("workers", 1000, "users", 1_000_000, "series", 50, "samples", 100, "seconds", 60));
        for (String arg : List.of(args).subList(3, args.length)) {
            String[] parts = arg.split("=", 2);
            if (parts.length < 2 || given.replace(parts[0], Integer.valueOf(parts[1])) == null) {
                throw new IllegalArgumentException(arg + ": use name=number, the names are " + given.keySet());
            }
        }
        new Simulator(args[1], given.get("workers")).run(args[0], args[2], given);
    }

    private void run(String redisUrl, String measured, Map<String, Integer> given) throws Exception {
        List<List<SeriesDelta>> seconds = Samples.seconds(DIFFERENT, given.get("series"), given.get("samples"));
        List<Cluster> connections = new ArrayList<>();
        List<SimulatedWorker> all = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        try {
            for (int i = 0; i < CONNECTIONS; i++) {
                connections.add(Cluster.connect(redisUrl, "default"));
            }
            for (int i = 0; i < workers; i++) {
                SimulatedWorker worker = new SimulatedWorker(
                        connections.get(i % CONNECTIONS), "w%04d".formatted(i + 1), seconds, this);
                all.add(worker);
                threads.add(Thread.ofVirtual().start(worker::run));
            }
            await(joined, 60, "workers did not join");
            int users = given.get("users");
            awaitReady();
            listen();
            load(all, users, SHORT_SECONDS);
            print(Map.of("what", "rehearsed"));
            orchestrator = measured;
            awaitReady();
            listen();
            print(load(all, users, given.get("seconds")).named("cold"));
            print(load(all, users, SHORT_SECONDS).named("warm"));
            print(Map.of("what", "troubles", "count", troubles.get()));
        } finally {
            over = true;
            for (Thread thread : threads) {
                thread.join(5_000);
            }
            connections.forEach(Cluster::close);
        }
    }

    /**
     * What came of one run.
     *
     * @param assignedSeconds from asking for the run to the last worker that has its users
     * @param lags how late each second was complete, in ms, by the orchestrator's own account, in order
     */
    private record Outcome(
            double assignedSeconds,
            IntSummaryStatistics users,
            List<Long> lags,
            long sent,
            JsonNode report,
            int spooled,
            long tickBytes) {
        Map<String, Object> named(String state) {
            Map<String, Object> said = new TreeMap<>();
            said.put("what", state);
            said.put("assigned_seconds", assignedSeconds);
            said.put("users", users.getSum());
            said.put("least", users.getMin());
            said.put("most", users.getMax());
            said.put("lags", lags);
            said.put("sent", sent);
            said.put("reported", report.path("total_requests").asLong());
            said.put("completeness", report.path("completeness").path("ratio").asDouble());
            said.put("spooled_most", spooled);
            said.put("tick_bytes", tickBytes);
            return said;
        }
    }

    private Outcome load(List<SimulatedWorker> all, int wanted, int seconds) throws Exception {
        long before = all.stream().mapToLong(SimulatedWorker::sent).sum();
        all.forEach(SimulatedWorker::forgetSpooled);
        ticks.set(0);
        tickBytes.set(0);
        assigned = new CountDownLatch(workers);
        long began = System.nanoTime();
        String runId = post("/api/v1/test/start", "{\"users\": " + wanted + "}")
                .path("run_id")
                .asText();
        await(assigned, 60, "workers were not assigned their users");
        double took = (System.nanoTime() - began) / 1e9;
        IntSummaryStatistics users =
                all.stream().mapToInt(SimulatedWorker::users).summaryStatistics();
        List<Long> lags = watch(seconds);
        post("/api/v1/test/stop", "{}");
        JsonNode report = awaitReport(runId);
        return new Outcome(
                took,
                users,
                lags,
                all.stream().mapToLong(SimulatedWorker::sent).sum() - before,
                report,
                all.stream().mapToInt(SimulatedWorker::spooledMost).max().orElse(0),
                tickBytes.get() / Math.max(1, ticks.get()));
    }

    private List<Long> watch(int seconds) throws Exception {
        TreeMap<Long, Long> lags = new TreeMap<>();
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (System.nanoTime() < until) {
            TimeUnit.MILLISECONDS.sleep(250);
            JsonNode metrics = get("/api/v1/metrics");
            if (metrics.path("lag_ms").isNumber()) {
                lags.put(metrics.path("complete_until").asLong(), metrics.path("lag_ms").asLong());
            }
        }
        return List.copyOf(lags.values());
    }

    private void awaitReady() throws Exception {
        for (int i = 0; i < 300; i++) {
            if (ready() >= workers) {
                return;
            }
            TimeUnit.MILLISECONDS.sleep(200);
        }
        throw new IllegalStateException("not all workers are ready after 60 s");
    }

    private int ready() throws InterruptedException {
        int ready = 0;
        try {
            for (JsonNode worker : get("/api/v1/workers").path("workers")) {
                ready += worker.path("phase").asText().equalsIgnoreCase("READY") ? 1 : 0;
            }
        } catch (IOException e) {
            // It has not begun to answer yet.
            return 0;
        }
        return ready;
    }

    private JsonNode awaitReport(String runId) throws Exception {
        for (int i = 0; i < 300; i++) {
            JsonNode report = get("/api/v1/runs/" + runId + "/report.json");
            if (report.has("total_requests")) {
                return report;
            }
            TimeUnit.MILLISECONDS.sleep(200);
        }
        throw new IllegalStateException("the run did not end within 60 s");
    }

    /** A page that is open, as there is one in most runs. */
    private void listen() {
        URI url = URI.create(orchestrator.replaceFirst("^http", "ws") + "/api/v1/ws");
        http.newWebSocketBuilder().buildAsync(url, new WebSocket.Listener() {
                    @Override
                    public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
                        tickBytes.addAndGet(data.length());
                        ticks.addAndGet(last ? 1 : 0);
                        socket.request(1);
                        return null;
                    }
                })
                .join();
    }

    private JsonNode get(String path) throws IOException, InterruptedException {
        return answer(HttpRequest.newBuilder(URI.create(orchestrator + path)).build());
    }

    private JsonNode post(String path, String body) throws IOException, InterruptedException {
        JsonNode answer = answer(HttpRequest.newBuilder(URI.create(orchestrator + path))
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build());
        if (answer.has("error")) {
            throw new IllegalStateException(path + ": " + answer);
        }
        return answer;
    }

    private JsonNode answer(HttpRequest request) throws IOException, InterruptedException {
        return JSON.readTree(http.send(request, BodyHandlers.ofString()).body());
    }

    private static void await(CountDownLatch latch, int seconds, String why) throws InterruptedException {
        if (!latch.await(seconds, TimeUnit.SECONDS)) {
            throw new IllegalStateException(latch.getCount() + " " + why + " within " + seconds + " s");
        }
    }

    private static void print(Object line) throws IOException {
        System.out.println(JSON.writeValueAsString(line));
    }

    long requestsIn(List<SeriesDelta> series) {
        long requests = 0;
        for (SeriesDelta delta : series) {
            requests += delta.kind() == Kind.REQUEST ? delta.count() : 0;
        }
        return requests;
    }

    void joined() {
        joined.countDown();
    }

    void assigned() {
        assigned.countDown();
    }

    void trouble(String what) {
        if (troubles.incrementAndGet() <= 10) {
            System.err.println(what);
        }
    }

    boolean over() {
        return over;
    }
}
