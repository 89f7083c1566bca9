package io.vikhry.orchestrator.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.javalin.config.JavalinConfig;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HttpResponseException;
import io.vikhry.cluster.Cluster;
import io.vikhry.cluster.ClusterException;
import io.vikhry.orchestrator.run.Conductor;
import io.vikhry.orchestrator.run.CurrentScenario;
import io.vikhry.orchestrator.run.Json;
import io.vikhry.orchestrator.run.Refusal;
import io.vikhry.orchestrator.run.RunStore;
import io.vikhry.runtime.scenario.ScenarioDescription;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The REST API: one line a route, and the one place that turns what goes wrong into an answer. */
public final class Api implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Api.class);
    private static final int LARGEST_BODY = 1 << 20;

    private final Cluster cluster;
    private final Conductor conductor;
    private final CurrentScenario scenario;
    private final SameSite sameSite;
    private final Answers answers;
    private final Changes changes;
    private final Inventory inventory;
    private final Stock stock;
    private final KeptRuns kept;
    private final Live live;
    private final FirstAnswers firstAnswers = new FirstAnswers();

    /** The API of a cluster; {@code loopback} says whether it listens on loopback only. */
    public Api(Cluster cluster, Conductor conductor, CurrentScenario scenario, RunStore store, boolean loopback) {
        this.cluster = cluster;
        this.conductor = conductor;
        this.scenario = scenario;
        this.sameSite = new SameSite(loopback);
        this.answers = new Answers(cluster, conductor, scenario);
        this.changes = new Changes(cluster, conductor);
        this.inventory = new Inventory(cluster.pools(), conductor);
        this.stock = new Stock(cluster, conductor, scenario);
        this.kept = new KeptRuns(conductor, store, answers);
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

        get(routes, "/health", ctx -> json(ctx, 200, Map.of("status", "ok")));
        get(routes, "/ready", this::ready);
        get(routes, "/api/v1/test", ctx -> json(ctx, 200, answers.test()));
        routes.post("/api/v1/test/start", ctx -> change(ctx, changes::start));
        routes.post("/api/v1/test/users", ctx -> change(ctx, changes::users));
        routes.post("/api/v1/test/rate", ctx -> change(ctx, changes::rate));
        routes.post("/api/v1/test/stop", ctx -> change(ctx, changes::stop));
        routes.post("/api/v1/test/kill", ctx -> change(ctx, changes::kill));
        get(routes, "/api/v1/scenario", ctx -> json(ctx, 200, ScenarioAnswer.of(described())));
        get(routes, "/api/v1/workers", ctx -> json(ctx, 200, Map.of("workers", answers.workers())));
        get(routes, "/api/v1/resources", ctx -> json(ctx, 200, Map.of("pools", answers.pools())));
        get(routes, "/api/v1/probes", ctx -> json(ctx, 200, answers.probes()));
        get(routes, "/api/v1/probes/{name}", ctx -> json(ctx, 200, kept.latestProbe(ctx)));
        routes.post("/api/v1/resources", ctx -> change(ctx, stock::create));
        get(routes, "/api/v1/resources/{pool}", ctx -> json(ctx, 200, inventory.pool(ctx)));
        routes.delete("/api/v1/resources/{pool}", ctx -> remove(ctx, () -> stock.delete(ctx)));
        routes.post("/api/v1/resources/{pool}/ensure", ctx -> change(ctx, body -> stock.ensure(ctx, body)));
        routes.post("/api/v1/resources/{pool}/reset", ctx -> change(ctx, body -> stock.reset(ctx, body)));
        get(routes, "/api/v1/resources/{pool}/items", ctx -> json(ctx, 200, inventory.items(ctx)));
        String item = "/api/v1/resources/{pool}/items/{id}";
        routes.delete(item, ctx -> remove(ctx, () -> stock.drop(ctx)));
        routes.post(item + "/quarantine", ctx -> change(ctx, body -> stock.quarantine(ctx, body)));
        routes.post(item + "/restore", ctx -> change(ctx, body -> stock.restore(ctx)));
        get(
                routes,
                "/api/v1/errors",
                ctx -> json(ctx, 200, Map.of("errors", answers.numbers().errors())));
        get(routes, "/api/v1/metrics", ctx -> json(ctx, 200, answers.metrics()));
        get(routes, "/api/v1/runs", ctx -> json(ctx, 200, Map.of("runs", kept.runs())));
        get(routes, "/api/v1/runs/{id}", ctx -> json(ctx, 200, kept.run(ctx)));
        get(routes, "/api/v1/runs/{id}/report.json", ctx -> json(ctx, 200, kept.report(ctx)));
        get(routes, "/api/v1/runs/{id}/series", ctx -> json(ctx, 200, kept.series(ctx)));
        get(routes, "/api/v1/runs/{id}/summary", ctx -> json(ctx, 200, kept.summary(ctx)));
        get(routes, "/api/v1/runs/{id}/probes/{name}", ctx -> json(ctx, 200, kept.probe(ctx)));
        routes.ws("/api/v1/ws", live::configure);
    }

    @Override
    public void close() {
        live.close();
    }

    /** What is asked for by HEAD has the same status and headers. */
    private static void get(RoutesConfig routes, String path, Handler answer) {
        routes.get(path, answer);
        routes.head(path, answer);
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
        // Whoever sent half a request is mostly gone: nothing has failed here.
        routes.exception(
                EofException.class,
                (e, ctx) -> refuse(ctx, new Refusal(Refusal.Code.INVALID_VALUE, "The body ends before its end.")));
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
                answers.workers().stream().filter(WorkerAnswer::healthy).count());
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
}
