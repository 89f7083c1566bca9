package io.vikhry.orchestrator;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.vikhry.redis.RedisFixture;
import io.vikhry.runtime.engine.EngineOptions;
import io.vikhry.worker.Worker;
import io.vikhry.worker.WorkerOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A cluster of three real workers with a scenario of a test, and a target that keeps account of who uses what. */
abstract class PoolFixture {
    @RegisterExtension
    static final RedisFixture redis = new RedisFixture();

    static final Duration BOUND = Duration.ofSeconds(60);

    @TempDir
    Path home;

    UseLedger target;
    Orchestrator orchestrator;
    Client client;
    private final List<Worker> workers = new ArrayList<>();

    @BeforeEach
    final void flush() throws Exception {
        redis.flush();
        target = new UseLedger();
    }

    @AfterEach
    final void end() throws Exception {
        workers.forEach(Worker::close);
        if (orchestrator != null) {
            orchestrator.close();
        }
        target.close();
    }

    /** Starts the cluster with this scenario, in three workers. */
    final void start(String scenario) throws Exception {
        Files.writeString(home.resolve("PoolVU.java"), scenario);
        lead();
        for (int i = 1; i <= 3; i++) {
            workers.add(Worker.start(WorkerOptions.of(redis.url(), "default", "worker-" + i)
                    .withEngine(EngineOptions.defaults().withLoops(1))));
        }
        client.awaitReadyWorkers(3);
    }

    /** Starts the orchestrator, and waits until it leads. */
    final void lead() {
        String file = home.resolve("PoolVU.java").toString();
        orchestrator = Orchestrator.start(config ->
                config.redisUrl(redis.url()).port(0).home(home.resolve("runs")).scenario(file));
        client = new Client(orchestrator);
        client.awaitLeader();
    }

    static String scenario(String members) {
        return """
                import io.vikhry.api.*;
                import java.net.URI;
                import java.time.Duration;
                import java.util.*;

                public class PoolVU extends VU {
                    @Param URI baseUrl = URI.create("http://127.0.0.1:1");
                    public record Account(String id) {}
                    Http http;
                    @Override public void onInit() { http = http(baseUrl).build(); }
                """ + members + "}";
    }

    /** Starts a run; its id. */
    final String run(int users) throws Exception {
        return client.post(
                        "/api/v1/test/start",
                        "{\"users\": " + users + ", \"params\": {\"baseUrl\": \"" + target.url() + "\"}}",
                        202)
                .path("run_id")
                .asText();
    }

    final void stop() throws Exception {
        client.post("/api/v1/test/stop", "{}", 202);
        client.awaitState("IDLE");
    }

    final JsonNode pool() throws Exception {
        return client.get("/api/v1/resources/users");
    }

    final void awaitPool(String field, long value) {
        await().atMost(BOUND).until(() -> pool().path(field).asLong(-1), n -> n == value);
    }
}
