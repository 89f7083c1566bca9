package io.vikhry.orchestrator;

import io.vikhry.redis.RedisFixture;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** An orchestrator on a real Redis that is empty, for workers whose every number is known. */
abstract class OrchestratorFixture {
    @RegisterExtension
    static final RedisFixture redis = new RedisFixture();

    @TempDir
    static Path home;

    String scenario;
    Orchestrator orchestrator;
    Client client;

    @BeforeEach
    final void startOrchestrator() throws Exception {
        redis.flush();
        scenario = Scenarios.shop(home);
        open();
    }

    /** Starts it, and waits until it leads. */
    final void open() {
        orchestrator = Orchestrator.start(
                config -> config.redisUrl(redis.url()).port(0).home(home).scenario(scenario));
        client = new Client(orchestrator);
        client.awaitLeader();
    }

    @AfterEach
    final void stopOrchestrator() {
        orchestrator.close();
    }

    /** Starts a run, and waits until it has made some requests. */
    final String begin(int users) throws Exception {
        String runId = client.post("/api/v1/test/start", start(users, ""), 202)
                .path("run_id")
                .asText();
        client.awaitState("RUNNING");
        client.awaitRequests(users * ContractWorker.RATE);
        return runId;
    }

    /** What starts a run. */
    static String start(int users, String more) {
        return "{\"users\": " + users + ", \"params\": {\"token\": \"t\"}" + more + "}";
    }
}
