package io.vikhry.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.vikhry.redis.RedisFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * P4, seen from outside: three worker processes whose users fight for few items, while one of them is killed and another is
 * frozen. The target keeps the ledger of every use.
 */
@Tag("beside")
class OneHolderIT {
    private static final Duration BOUND = Duration.ofSeconds(90);

    @RegisterExtension
    static final RedisFixture redis = new RedisFixture();

    @TempDir
    Path home;

    private final List<WorkerProcess> workers = new ArrayList<>();
    private UseLedger target;

    @BeforeEach
    void open() throws IOException {
        redis.flush();
        target = new UseLedger();
    }

    @AfterEach
    void close() throws IOException {
        for (WorkerProcess worker : workers) {
            worker.close();
        }
        target.close();
    }

    private void workers(Client client) throws Exception {
        for (int i = 1; i <= 3; i++) {
            workers.add(WorkerProcess.start(redis.url(), "worker-" + i, home.resolve("worker-" + i + ".log")));
        }
        client.awaitLeader();
        client.awaitReadyWorkers(3);
    }

    private Orchestrator orchestrator(String members) throws IOException {
        Path file = Files.writeString(home.resolve("FightVU.java"), """
                import io.vikhry.api.*;
                import java.net.URI;
                import java.time.Duration;

                public class FightVU extends VU {
                    @Param URI baseUrl;
                    public record Account(String id) {}
                    Http http;
                    @Override public void onInit() { http = http(baseUrl).build(); }
                """ + members + "}");
        return Orchestrator.start(config ->
                config.redisUrl(redis.url()).port(0).home(home.resolve("runs")).scenario(file.toString()));
    }

    private void signal(String name, WorkerProcess worker) throws Exception {
        Process kill = new ProcessBuilder("kill", "-" + name, String.valueOf(worker.pid())).start();
        assertThat(kill.waitFor(10, TimeUnit.SECONDS) && kill.exitValue() == 0).isTrue();
    }

    @Test
    void whenAWorkerIsKilledAndAnotherIsFrozenAndThawed() throws Exception {
        try (Orchestrator orchestrator = orchestrator("""
                @Resource("users") static Account make(ResourceContext ctx) { return new Account(ctx.id()); }
                @Step(every = "5ms") void use() {
                    Account account = resources().acquire("users", Account.class, Duration.ofSeconds(30));
                    String path = "/use/" + account.id() + "/" + resources().leaseNumber(account) + "/" + id();
                    for (int i = 0; i < 5; i++) {
                        http.post(path).name("use").send();
                        pause(Duration.ofMillis(10));
                    }
                    resources().release(account);
                }
                """)) {
            Client client = new Client(orchestrator);
            workers(client);
            client.post(
                    "/api/v1/test/start", "{\"users\": 24, \"params\": {\"baseUrl\": \"" + target.url() + "\"}}", 202);
            client.awaitState("RUNNING");
            for (int item = 7; item <= 24; item++) {
                client.post(
                        "/api/v1/resources/users/items/" + item + "/quarantine",
                        "{\"reason\": \"so few are left\"}",
                        202);
            }
            await().atMost(BOUND).until(() -> target.uses() > 500);

            signal("STOP", workers.get(1));
            long stopped = System.nanoTime();
            signal("KILL", workers.get(2));
            await().atMost(BOUND).until(() -> pool(client).path("reclaimed").asInt() > 0);
            int reclaimed = target.uses();
            await().atMost(BOUND).until(() -> target.uses() > reclaimed + 300);
            await().atMost(BOUND)
                    .until(() ->
                            System.nanoTime() - stopped > Duration.ofSeconds(10).toNanos());
            signal("CONT", workers.get(1));
            int thawed = target.uses();
            await().atMost(BOUND)
                    .until(() -> target.uses() > thawed + 500
                            && client.get("/api/v1/workers").toString().contains("worker-2"));

            assertThat(target.expectOneHolderAtATime()).as("leases").isGreaterThan(250);
            JsonNode pool = pool(client);
            assertThat(pool.path("leased").asInt() + pool.path("available").asInt())
                    .as("no item is lost: %s", pool)
                    .isEqualTo(6);
            client.post("/api/v1/test/stop", "{}", 202);
            client.awaitState("IDLE");
            await().atMost(BOUND).until(() -> pool(client).path("available").asInt() == 6);
            target.expectOneHolderAtATime();
        }
    }

    private static JsonNode pool(Client client) throws Exception {
        return client.get("/api/v1/resources/users");
    }

    @Test
    void itemsThatAKilledWorkerWasMakingAreMadeByOthers() throws Exception {
        try (Orchestrator orchestrator = orchestrator("""
                @Resource("users") static Account make(ResourceContext ctx) throws Exception {
                    ctx.http(ctx.param("baseUrl", URI.class)).build().post("/made/" + ctx.id()).send();
                    Thread.sleep(300);
                    return new Account(ctx.id());
                }
                @Step(every = "1h") void idle() {}
                """)) {
            Client client = new Client(orchestrator);
            workers(client);
            client.post(
                    "/api/v1/test/start", "{\"users\": 400, \"params\": {\"baseUrl\": \"" + target.url() + "\"}}", 202);
            await().atMost(BOUND).until(() -> pool(client).path("made").asInt() > 50);
            signal("KILL", workers.get(2));
            client.awaitState("RUNNING");
            JsonNode pool = pool(client);
            assertThat(pool.path("created").asInt()).isEqualTo(400);
            assertThat(pool.path("failed").asInt()).isZero();
            assertThat(target.paths("/made/"))
                    .hasSize(400)
                    .allSatisfy((path, count) -> assertThat(count).isLessThanOrEqualTo(2));
            assertThat(target.paths("/made/").values().stream().filter(count -> count == 2))
                    .as("only what the killed worker had in its hands is made again")
                    .hasSizeLessThanOrEqualTo(16);
            client.post("/api/v1/test/stop", "{}", 202);
            client.awaitState("IDLE");
        }
    }

    @Test
    void aValueIsComputedByAnotherWhenItsWorkerIsKilled() throws Exception {
        try (Orchestrator orchestrator = orchestrator("""
                @Override public void onStart() throws Exception {
                    String token = once("token", String.class, Duration.ofSeconds(40), () -> {
                        long pid = ProcessHandle.current().pid();
                        http.post("/computing/" + pid).send();
                        if (http.get("/first").send().status() == 200) { pause(Duration.ofSeconds(60)); }
                        return "by " + pid;
                    });
                    http.post("/has/" + token.substring(3)).name("has").send();
                }
                @Step(every = "1h") void idle() {}
                """)) {
            target.answerOnce("/first");
            Client client = new Client(orchestrator);
            workers(client);
            client.post(
                    "/api/v1/test/start", "{\"users\": 9, \"params\": {\"baseUrl\": \"" + target.url() + "\"}}", 202);
            await().atMost(BOUND).until(() -> target.at("/first") == 1);
            String first =
                    target.paths("/computing/").keySet().iterator().next().substring("/computing/".length());
            WorkerProcess computing = workers.stream()
                    .filter(worker -> String.valueOf(worker.pid()).equals(first))
                    .findFirst()
                    .orElseThrow();
            signal("KILL", computing);
            await().atMost(BOUND)
                    .until(() -> target.paths("/has/").values().stream()
                                    .mapToLong(Long::longValue)
                                    .sum()
                            >= 9);
            assertThat(target.paths("/has/")).as("one value for all").hasSize(1);
            assertThat(target.paths("/has/")).doesNotContainKey("/has/" + first);
            assertThat(target.paths("/computing/")).hasSize(2);
            client.post("/api/v1/test/stop", "{}", 202);
            client.awaitState("IDLE");
        }
    }

    @Test
    void aBarrierWaitsForTheUsersOfAKilledWorkerToComeAgainElsewhere() throws Exception {
        try (Orchestrator orchestrator = orchestrator("""
                @Override public void onStart() throws Exception {
                    while (id() == 8 && http.get("/go").send().status() != 200) pause(Duration.ofMillis(100));
                    http.post("/stands/" + ProcessHandle.current().pid() + "/" + id()).name("stands").send();
                    barrier("warm", Duration.ofSeconds(60));
                    http.post("/after/" + id()).name("after").send();
                }
                @Step(every = "1h") void idle() {}
                """)) {
            target.shut("/go");
            Client client = new Client(orchestrator);
            workers(client);
            client.post(
                    "/api/v1/test/start", "{\"users\": 9, \"params\": {\"baseUrl\": \"" + target.url() + "\"}}", 202);
            await().atMost(BOUND).until(() -> target.paths("/stands/").size() == 8);
            String holdsTheLast = String.valueOf(workers.stream()
                    .map(WorkerProcess::pid)
                    .filter(pid -> target.paths("/stands/" + pid + "/").size() == 2)
                    .findFirst()
                    .orElseThrow());
            WorkerProcess doomed = workers.stream()
                    .filter(worker -> !String.valueOf(worker.pid()).equals(holdsTheLast))
                    .findFirst()
                    .orElseThrow();
            signal("KILL", doomed);
            await().atMost(BOUND).until(() -> target.paths("/stands/").size() == 8 + 3);
            assertThat(target.paths("/after/"))
                    .as("the dead do not count, nor do those who came again twice")
                    .isEmpty();

            target.shut("");
            await().atMost(BOUND).until(() -> target.paths("/after/").size() == 9);
            assertThat(target.paths("/after/").values()).containsOnly(1L);
            client.post("/api/v1/test/stop", "{}", 202);
            client.awaitState("IDLE");
        }
    }
}
