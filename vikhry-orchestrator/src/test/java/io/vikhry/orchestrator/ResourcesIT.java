package io.vikhry.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.lettuce.core.RedisClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Pools through the API, with three real workers. */
@Tag("beside")
class ResourcesIT extends PoolFixture {
    @Test
    void itemsAreMadeByAllWorkersWithoutARunAndTheirFailuresAreSaidByItem() throws Exception {
        start(scenario("""
                @Resource("users") static Account make(ResourceContext ctx) {
                    if (ctx.id().equals("7")) throw new IllegalStateException("no luck with 7");
                    ctx.http(ctx.param("baseUrl", URI.class)).build().post("/made/" + ctx.id()).send().expectStatus(200);
                    return new Account(ctx.id());
                }
                @Step(every = "1h") void idle() {}
                """));
        JsonNode ordered = client.post(
                "/api/v1/resources",
                "{\"pool\": \"users\", \"count\": 60, \"params\": {\"baseUrl\": \"" + target.url() + "\"}}",
                202);
        assertThat(ordered.path("ordered").asInt()).isEqualTo(60);
        awaitPool("pending", 0);
        assertThat(pool().path("made").asInt()).isEqualTo(59);
        assertThat(pool().path("failed").asInt()).isEqualTo(1);
        assertThat(target.paths("/made/"))
                .hasSize(59)
                .allSatisfy((path, count) -> assertThat(count).isEqualTo(1));
        JsonNode failed =
                client.get("/api/v1/resources/users/items?state=failed").path("items");
        assertThat(failed).hasSize(1);
        assertThat(failed.get(0).path("id").asText()).isEqualTo("7");
        assertThat(failed.get(0).path("reason").asText()).contains("no luck with 7");

        client.post(
                "/api/v1/resources/users/ensure",
                "{\"count\": 62, \"params\": {\"baseUrl\": \"" + target.url() + "\"}}",
                202);
        awaitPool("created", 62);
        assertThat(client.send("DELETE", "/api/v1/resources/users/items/1", "").statusCode())
                .isEqualTo(202);
        client.post("/api/v1/resources/users/items/2/quarantine", "{\"reason\": \"locked\"}", 202);
        assertThat(pool().path("quarantined").asInt()).isEqualTo(1);
        client.post("/api/v1/resources/users/items/2/restore", "{}", 202);
        assertThat(pool().path("available").asInt()).isEqualTo(61);
        client.post("/api/v1/resources", "{\"pool\": \"cards\", \"items\": [{\"no\": 1}, {\"no\": 2}]}", 202);
        assertThat(client.get("/api/v1/resources/cards/items")
                        .path("items")
                        .get(1)
                        .path("value")
                        .path("no")
                        .asInt())
                .isEqualTo(2);
        assertThat(client.send("DELETE", "/api/v1/resources/cards", "").statusCode())
                .isEqualTo(202);
        assertThat(client.send("GET", "/api/v1/resources/cards", "").statusCode())
                .isEqualTo(404);
    }

    @Test
    void aStartWhoseItemsCannotBeMadeIsRefusedWithTheItemAndTheReason() throws Exception {
        start(scenario("""
                @Resource("users") static Account make(ResourceContext ctx) {
                    if (ctx.id().equals("3")) throw new IllegalStateException("mailbox is full");
                    return new Account(ctx.id());
                }
                @Step(every = "1h") void idle() {}
                """));
        run(5);
        await().atMost(BOUND)
                .until(
                        () -> client.get("/api/v1/test").path("last_error").asText(),
                        error -> error.contains("item 3") && error.contains("mailbox is full"));
        client.awaitState("IDLE");
        assertThat(pool().path("pending").asInt()).isZero();
    }

    @Test
    void usersOfThreeWorkersShareThreeItemsAndTheWaitIsMeasured() throws Exception {
        start(scenario("""
                @Resource("users") static Account make(ResourceContext ctx) { return new Account(ctx.id()); }
                @Step(every = "10ms") void use() {
                    Account account = resources().acquire("users", Account.class, Duration.ofSeconds(20));
                    long number = resources().leaseNumber(account);
                    http.post("/use/" + account.id() + "/" + number + "/" + id()).name("use").send().expectStatus(200);
                    pause(Duration.ofMillis(10));
                    http.post("/use/" + account.id() + "/" + number + "/" + id()).name("use").send().expectStatus(200);
                    resources().release(account);
                }
                """));
        String id = run(12);
        client.awaitState("RUNNING");
        for (int item = 4; item <= 12; item++) {
            client.post(
                    "/api/v1/resources/users/items/" + item + "/quarantine", "{\"reason\": \"to make them few\"}", 202);
        }
        await().atMost(BOUND).until(() -> target.uses() > 600);
        assertThat(pool().path("quarantined").asInt()).isEqualTo(9);
        assertThat(client.send("POST", "/api/v1/resources/users/reset", "{}", "Content-Type", "application/json")
                        .statusCode())
                .as("while the run is on")
                .isEqualTo(409);
        stop();
        target.expectOneHolderAtATime();
        JsonNode pool =
                client.get("/api/v1/runs/" + id + "/report.json").path("pools").get(0);
        assertThat(pool.path("wait_p95_ms").asDouble()).isGreaterThan(5);
        assertThat(pool.path("granted").asInt()).isGreaterThan(250);
        assertThat(pool.path("exhausted").asInt()).isZero();
        client.post("/api/v1/resources/users/reset", "{}", 202);
        awaitPool("available", 12);
    }

    @Test
    void aWaitThatRunsOutIsCountedAndAFaultyItemIsTakenOutOfUse() throws Exception {
        start(scenario("""
                @Resource(value = "users", faults = 2) static Account make(ResourceContext ctx) { return new Account(ctx.id()); }
                @Override public void onStart() {
                    if (id() == 0) {
                        for (int fault = 0; fault < 6; fault++) {
                            resources().releaseFaulty(resources().acquire("users", Account.class), "refused");
                        }
                        stop();
                    }
                    barrier("spoilt");
                }
                @Step(every = "100ms") void use() {
                    resources().acquire("users", Account.class, Duration.ofMillis(300));
                }
                """));
        String id = run(3);
        awaitPool("quarantined", 3);
        await().atMost(BOUND).until(() -> pool().path("exhausted").asInt() >= 2);
        stop();
        assertThat(client.get("/api/v1/runs/" + id + "/report.json")
                        .path("pools")
                        .get(0)
                        .path("exhausted")
                        .asInt())
                .isGreaterThanOrEqualTo(2);
    }

    @Test
    void leasesOutliveTheOrchestrator() throws Exception {
        start(scenario("""
                @Resource("users") static Account make(ResourceContext ctx) { return new Account(ctx.id()); }
                Account account;
                @Override public void onStart() { account = resources().acquire("users", Account.class); }
                @Step(every = "50ms") void use() {
                    http.post("/use/" + account.id() + "/" + resources().leaseNumber(account) + "/" + id()).name("use").send();
                }
                """));
        run(6);
        awaitPool("leased", 6);
        orchestrator.close();
        long before = target.uses();
        await().atMost(BOUND).until(() -> target.uses() > before + 100);
        target.expectOneHolderAtATime();
        lead();
        Set<String> holders = new HashSet<>();
        JsonNode items = client.get("/api/v1/resources/users/items").path("items");
        items.forEach(item -> holders.add(item.path("holder").path("user").asText()));
        target.expectOneHolderAtATime();
        assertThat(items).hasSize(6);
    }

    @Test
    void whoTakesARunOverHasTheItemsMadeThatRedisLost() throws Exception {
        start(scenario("""
                @Resource("users") static Account make(ResourceContext ctx) { return new Account(ctx.id()); }
                @Step(every = "1h") void idle() {}
                """));
        run(6);
        client.awaitState("RUNNING");
        orchestrator.close();
        // As after a loss of all data, where the leader that wrote the run again ended before it had ordered items.
        try (RedisClient loser = RedisClient.create(redis.url());
                var connection = loser.connect()) {
            List<String> pools = connection.sync().keys("vikhry:{default}:pool*");
            assertThat(pools).isNotEmpty();
            connection.sync().del(pools.toArray(String[]::new));
        }
        lead();
        awaitPool("created", 6);
        stop();
    }

    @Test
    void aHundredThousandItemsAreMadeAndListedAndAnAcquireCostsTheSameForEach() throws Exception {
        start(scenario("""
                @Resource("users") static Account make(ResourceContext ctx) { return new Account(ctx.id()); }
                Account account;
                @Override public void onStart() { account = resources().acquire("users", Account.class); }
                @Step(every = "1h") void idle() {}
                """));
        StringBuilder values = new StringBuilder("{\"pool\": \"users\", \"items\": [");
        for (int i = 0; i < 10_000; i++) {
            values.append(i == 0 ? "" : ",").append("{\"id\":\"u").append(i).append("\"}");
        }
        String body = values.append("]}").toString();
        for (int i = 0; i < 10; i++) {
            client.post("/api/v1/resources", body, 202);
        }
        awaitPool("created", 100_000);
        long next = 0;
        int listed = 0;
        long began = System.nanoTime();
        while (next >= 0) {
            JsonNode page = client.get("/api/v1/resources/users/items?limit=1000&after=" + next);
            listed += page.path("items").size();
            next = page.path("next").asLong(-1);
        }
        assertThat(listed).isEqualTo(100_000);
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(60));
        try (RedisClient statistics = RedisClient.create(redis.url());
                var connection = statistics.connect()) {
            List<Double> scripts = new ArrayList<>();
            for (int users : List.of(200, 2_000)) {
                connection.sync().configResetstat();
                run(users);
                awaitPool("leased", users);
                String info = connection.sync().info("commandstats");
                scripts.add(calls(info, "zpopmin") / (double) users);
                assertThat(calls(info, "evalsha"))
                        .as("scripts for %d users", users)
                        .isLessThan(users + 2_000L);
                stop();
                awaitPool("leased", 0);
            }
            assertThat(scripts).allSatisfy(each -> assertThat(each).isBetween(0.99, 1.01));
        }
    }

    private static long calls(String statistics, String command) {
        return Pattern.compile("^cmdstat_" + command + ":calls=(\\d+)", Pattern.MULTILINE)
                .matcher(statistics)
                .results()
                .mapToLong(found -> Long.parseLong(found.group(1)))
                .sum();
    }
}
