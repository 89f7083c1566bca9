package io.vikhry.orchestrator.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.config.JavalinConfig;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import io.vikhry.cluster.Cluster;
import io.vikhry.cluster.ClusterException;
import io.vikhry.cluster.Halt;
import io.vikhry.cluster.Safety;
import io.vikhry.cluster.Transition;
import io.vikhry.orchestrator.metrics.Numbers;
import io.vikhry.orchestrator.run.Conductor;
import io.vikhry.orchestrator.run.CurrentScenario;
import io.vikhry.orchestrator.run.Json;
import io.vikhry.orchestrator.run.Refusal;
import io.vikhry.orchestrator.run.Run;
import io.vikhry.orchestrator.run.RunStore;
import io.vikhry.orchestrator.run.StartRequest;
import io.vikhry.runtime.scenario.ScenarioDescription;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The REST API: one line a route, and the one place that turns what goes wrong into an answer. */
public final class Api implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Api.class);
    private static final int LARGEST_BODY = 1 << 20;
    private static final double LONGEST_RAMP_S = 7 * 86_400;
    private static final double LONGEST_RUN_S = 90 * 86_400;
    private static final double LONGEST_DRAIN_S = 3_600;
    private static final Duration DRAIN = Duration.ofSeconds(10);
    private static final String WATCH = "/api/v1/test";

    private final Cluster cluster;
    private final Conductor conductor;
    private final CurrentScenario scenario;
    private final RunStore store;
    private final SameSite sameSite;
    private final Answers answers;
    private final Stock stock;
    private final Live live;
    private final FirstAnswers firstAnswers = new FirstAnswers();

    /** The API of a cluster; {@code loopback} says whether it listens on loopback only. */
    public Api(Cluster cluster, Conductor conductor, CurrentScenario scenario, RunStore store, boolean loopback) {
        this.cluster = cluster;
        this.conductor = conductor;
        this.scenario = scenario;
        this.store = store;
        this.sameSite = new SameSite(loopback);
        this.answers = new Answers(cluster, conductor, scenario);
        this.stock = new Stock(cluster, conductor, scenario);
        this.live = new Live(answers);
    }

    /** Registers all routes. */
    public void configure(JavalinConfig config) {
        config.http.maxRequestSize = LARGEST_BODY;
        config.http.prefer405over404 = true;
        config.jetty.modifyServer(server -> server.setErrorHandler(Api::refuseUnreadable));
        RoutesConfig routes = config.routes;
        routes.before(sameSite::check);
        routes.before("/api/*", Api::noQuery);
        routes.wsBeforeUpgrade(sameSite::check);
        errors(routes);

        routes.get("/health", ctx -> json(ctx, 200, Map.of("status", "ok")));
        routes.get("/ready", this::ready);
        routes.get("/api/v1/test", ctx -> json(ctx, 200, answers.test()));
        routes.post("/api/v1/test/start", ctx -> change(ctx, this::start));
        routes.post("/api/v1/test/users", ctx -> change(ctx, this::users));
        routes.post("/api/v1/test/rate", ctx -> change(ctx, this::rate));
        routes.post("/api/v1/test/stop", ctx -> change(ctx, this::stop));
        routes.post("/api/v1/test/kill", ctx -> change(ctx, this::kill));
        routes.get("/api/v1/scenario", ctx -> json(ctx, 200, Answers.scenario(described())));
        routes.get("/api/v1/workers", ctx -> json(ctx, 200, Map.of("workers", answers.workers())));
        routes.get("/api/v1/resources", ctx -> json(ctx, 200, Map.of("pools", answers.pools())));
        routes.get("/api/v1/probes", ctx -> json(ctx, 200, answers.probes()));
        routes.get("/api/v1/probes/{name}", this::probe);
        routes.post("/api/v1/resources", ctx -> change(ctx, stock::create));
        routes.get("/api/v1/resources/{pool}", ctx -> json(ctx, 200, stock.pool(ctx)));
        routes.delete("/api/v1/resources/{pool}", ctx -> remove(ctx, () -> stock.delete(ctx)));
        routes.post("/api/v1/resources/{pool}/ensure", ctx -> change(ctx, body -> stock.ensure(ctx, body)));
        routes.post("/api/v1/resources/{pool}/reset", ctx -> change(ctx, body -> stock.reset(ctx, body)));
        routes.get("/api/v1/resources/{pool}/items", ctx -> json(ctx, 200, stock.items(ctx)));
        String item = "/api/v1/resources/{pool}/items/{id}";
        routes.delete(item, ctx -> remove(ctx, () -> stock.drop(ctx)));
        routes.post(item + "/quarantine", ctx -> change(ctx, body -> stock.quarantine(ctx, body)));
        routes.post(item + "/restore", ctx -> change(ctx, body -> stock.restore(ctx)));
        routes.get(
                "/api/v1/errors",
                ctx -> json(ctx, 200, Map.of("errors", answers.numbers().errors())));
        routes.get("/api/v1/metrics", ctx -> json(ctx, 200, answers.metrics()));
        routes.get("/api/v1/runs", ctx -> json(ctx, 200, Map.of("runs", runs())));
        routes.get("/api/v1/runs/{id}", this::one);
        routes.get("/api/v1/runs/{id}/report.json", this::report);
        routes.get("/api/v1/runs/{id}/series", this::series);
        routes.get("/api/v1/runs/{id}/summary", this::summary);
        routes.get("/api/v1/runs/{id}/probes/{name}", this::pastProbe);
        routes.ws("/api/v1/ws", live::configure);
    }

    @Override
    public void close() {
        live.close();
    }

    private void errors(RoutesConfig routes) {
        routes.exception(Refusal.class, (e, ctx) -> refuse(ctx, e));
        routes.exception(
                ClusterException.class,
                (e, ctx) -> refuse(ctx, new Refusal(Refusal.Code.REDIS_UNAVAILABLE, String.valueOf(e.getMessage()))));
        routes.exception(HttpResponseException.class, (e, ctx) -> {
            boolean page = e.getStatus() == 404 && !ctx.path().startsWith("/api");
            boolean read =
                    ctx.method().name().equals("GET") || ctx.method().name().equals("HEAD");
            if (!(page && read && Page.serve(ctx))) {
                refuse(ctx, refusal(e, ctx));
            }
        });
        routes.exception(Exception.class, (e, ctx) -> {
            LOG.error("{} {} failed", ctx.method(), ctx.path(), e);
            refuse(ctx, new Refusal(Refusal.Code.INTERNAL, "The orchestrator failed: " + e + "; its log has more."));
        });
    }

    private static Refusal refusal(HttpResponseException e, Context ctx) {
        return switch (e.getStatus()) {
            case 404 -> new Refusal(Refusal.Code.NOT_FOUND, "There is no " + ctx.path() + ".");
            case 405 ->
                new Refusal(Refusal.Code.METHOD_NOT_ALLOWED, ctx.path() + " does not answer to " + ctx.method() + ".");
            case 413 ->
                new Refusal(Refusal.Code.BODY_TOO_LARGE, "The body must not exceed " + LARGEST_BODY + " bytes.");
            default -> new Refusal(Refusal.Code.INVALID_VALUE, String.valueOf(e.getMessage()));
        };
    }

    private static void refuse(Context ctx, Refusal refusal) {
        Map<String, Object> error = new LinkedHashMap<>();
        error.put("code", refusal.code().text());
        error.put("message", String.valueOf(refusal.getMessage()));
        error.put("details", refusal.details());
        json(ctx, refusal.code().status(), Map.of("error", error));
    }

    /** What never comes as far as a route, because it is no HTTP that the server accepts. */
    private static boolean refuseUnreadable(Request request, Response response, Callback callback)
            throws JsonProcessingException {
        Map<String, Object> error = Map.of(
                "code",
                Refusal.Code.INVALID_VALUE.text(),
                "message",
                "The request cannot be read; the server answers " + response.getStatus() + ".",
                "details",
                Map.of());
        response.getHeaders().put("Content-Type", "application/json; charset=utf-8");
        byte[] body = Json.MAPPER.writeValueAsBytes(Map.of("error", error));
        response.write(true, ByteBuffer.wrap(body), callback);
        return true;
    }

    private static void json(Context ctx, int status, Object answer) {
        try {
            ctx.status(status)
                    .contentType("application/json; charset=utf-8")
                    .header("Cache-Control", "no-store")
                    .header("X-Content-Type-Options", "nosniff")
                    .result(Json.MAPPER.writeValueAsBytes(answer));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the answer of " + ctx.path() + " cannot be written as JSON", e);
        }
    }

    /** Where a query means something, its route says what. */
    private static void noQuery(Context ctx) {
        boolean items = ctx.path().endsWith("/items") || ctx.method().name().equals("DELETE");
        if (!(items && ctx.path().startsWith("/api/v1/resources/"))) {
            Query.of(ctx);
        }
    }

    private void remove(Context ctx, Supplier<Object> removal) {
        byte[] nothing = new byte[0];
        json(ctx, 202, firstAnswers.answer(ctx.header("Idempotency-Key"), ctx.path(), nothing, removal));
    }

    private void change(Context ctx, Function<byte[], Object> change) {
        String type = ctx.contentType();
        // A form of another site can send any other type without asking first.
        if (type == null || !type.strip().toLowerCase(Locale.ROOT).matches("application/json\\s*(;.*)?")) {
            throw new Refusal(
                    Refusal.Code.UNSUPPORTED_MEDIA_TYPE, "Send the body with Content-Type: application/json.");
        }
        byte[] body = ctx.bodyAsBytes();
        Supplier<Object> answer = () -> change.apply(body);
        json(ctx, 202, firstAnswers.answer(ctx.header("Idempotency-Key"), ctx.path(), body, answer));
    }

    private Object start(byte[] bytes) {
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

    private Object users(byte[] bytes) {
        Body body = Body.of(bytes, "users", "ramp_s");
        Run run = conductor.changeUsers(
                body.wholeNumber("users", 0, StartRequest.MAX_USERS),
                body.seconds("ramp_s", Duration.ZERO, LONGEST_RAMP_S));
        Map<String, Object> answer = answer(run, "version", run.version());
        answer.put("target_users", run.targetUsers());
        return answer;
    }

    private Object rate(byte[] bytes) {
        Body body = Body.of(bytes, "rate", "ramp_s");
        Run run = conductor.changeRate(
                body.number("rate", StartRequest.MAX_RATE), body.seconds("ramp_s", Duration.ZERO, LONGEST_RAMP_S));
        Map<String, Object> answer = answer(run, "version", run.version());
        answer.put("target_rate", run.targetRate());
        return answer;
    }

    private Object stop(byte[] bytes) {
        Body body = Body.of(bytes.length == 0 ? new byte[] {'{', '}'} : bytes, "drain_s");
        Run run = conductor.stop(body.seconds("drain_s", DRAIN, LONGEST_DRAIN_S));
        return answer(run, "state", "STOPPING");
    }

    /** Goes to the workers from here: neither a queue nor a leader stands before it. */
    private Object kill(byte[] bytes) {
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

    private void ready(Context ctx) {
        boolean redis = cluster.answers();
        boolean leader = conductor.leading();
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("ready", redis && leader);
        answer.put("redis", redis);
        answer.put("leader", leader);
        answer.put("reason", redis && leader ? null : whyNotReady(redis));
        answer.put(
                "workers",
                answers.workers().stream().filter(Answers.Worker::healthy).count());
        json(ctx, redis && leader ? 200 : 503, answer);
    }

    private String whyNotReady(boolean redis) {
        return redis
                ? conductor
                        .leader()
                        .map(other -> "standing by: " + other + " leads cluster " + cluster.name())
                        .orElse("waiting to lead cluster " + cluster.name())
                : "Redis at " + cluster.redisUrl() + " does not answer";
    }

    private ScenarioDescription described() {
        return scenario.describe()
                .orElseThrow(() -> new Refusal(
                        Refusal.Code.NO_SCENARIO,
                        "No scenario is announced; start the orchestrator with one: --scenario ShopVU.java"));
    }

    /** The runs kept here; the one under way has no report yet and shows its numbers so far. */
    private List<RunStore.Entry> runs() {
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
    private void one(Context ctx) {
        String id = run(ctx);
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
        json(ctx, 200, answer);
    }

    private void report(Context ctx) {
        String id = run(ctx);
        JsonNode report = store.report(id)
                .or(() -> conductor.run().filter(run -> run.id().equals(id)).map(Run::reportToWrite))
                .orElseThrow(() -> new Refusal(
                        Refusal.Code.NOT_FOUND,
                        "Run " + id + " has no report: it has not ended.",
                        Map.of("run_id", id)));
        json(ctx, 200, report);
    }

    private void series(Context ctx) {
        String id = run(ctx);
        json(ctx, 200, Map.of("run_id", id, "points", store.points(id)));
    }

    private void probe(Context ctx) {
        String runId = answers.runId();
        if (runId == null) {
            throw new Refusal(Refusal.Code.NOT_FOUND, "No run has called a probe yet.");
        }
        json(ctx, 200, probe(runId, ctx.pathParam("name")));
    }

    private void pastProbe(Context ctx) {
        json(ctx, 200, probe(run(ctx), ctx.pathParam("name")));
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

    private void summary(Context ctx) {
        String id = run(ctx);
        if (id.equals(answers.runId())) {
            json(ctx, 200, answers.metrics());
            return;
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
        json(ctx, 200, answer);
    }

    private String run(Context ctx) {
        String id = ctx.pathParam("id");
        if (!store.exists(id)) {
            throw new Refusal(Refusal.Code.NOT_FOUND, "There is no run " + id + ".", Map.of("run_id", id));
        }
        return id;
    }
}
