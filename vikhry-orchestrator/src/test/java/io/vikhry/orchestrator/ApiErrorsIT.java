package io.vikhry.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.vikhry.redis.RedisFixture;
import java.io.InputStream;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every error that docs/api.md names, over real HTTP. */
@Tag("beside")
class ApiErrorsIT {
    @RegisterExtension
    static final RedisFixture redis = new RedisFixture();

    private static final String JSON = "application/json";

    @TempDir
    static Path home;

    private static Orchestrator orchestrator;
    private static Client client;

    @BeforeAll
    static void start() throws Exception {
        String scenario = Scenarios.shop(home);
        orchestrator = Orchestrator.start(
                config -> config.redisUrl(redis.url()).port(0).home(home).scenario(scenario));
        client = new Client(orchestrator);
        client.awaitLeader();
    }

    @AfterAll
    static void stop() {
        orchestrator.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
                    start | {                                               | 400 | invalid_json    | -
                    start | []                                              | 400 | invalid_json    | -
                    start | {"users": 1, "usrs": 2}                         | 400 | unknown_field   | usrs
                    start | {}                                              | 400 | invalid_value   | users
                    start | {"users": -1}                                   | 400 | invalid_value   | users
                    start | {"users": 1000001}                              | 400 | invalid_value   | users
                    start | {"users": 1, "ramp_s": -1}                      | 400 | invalid_value   | ramp_s
                    start | {"users": 1, "duration_s": 0}                   | 400 | invalid_value   | duration_s
                    start | {"users": 1, "params": {"tokn": "x"}}           | 400 | unknown_param   | params.tokn
                    start | {"users": 1}                                    | 400 | missing_param   | params.token
                    start | {"users": 1, "params": {"token": 1, "size": "x"}} | 400 | invalid_value | params.size
                    start | {"users": 1, "params": {"token": 1}}            | 409 | no_workers      | -
                    users | {"users": 1}                                    | 409 | invalid_state   | -
                    stop  | {}                                              | 409 | invalid_state   | -
                    stop  | {"drain_s": "x"}                                | 400 | invalid_value   | drain_s
                    rate  | {"rate": -1}                                    | 400 | invalid_value   | rate
                    rate  | {"rate": 1, "ramp_s": "soon"}                   | 400 | invalid_value   | ramp_s
                    rate  | {"rate": 1}                                     | 409 | invalid_state   | -
                    start | {"rate": 1, "max_users": 0}                     | 400 | invalid_value   | max_users
                    start | {"users": 1, "max_users": 1}                    | 400 | invalid_value   | max_users
                    start | {"users": 1, "safety": {"max_rps": 0}}          | 400 | invalid_value   | safety.max_rps
                    start | {"users": 1, "safety": {"maxrps": 1}}           | 400 | unknown_field   | safety.maxrps
                    start | {"users": 1, "safety": {"allowed_hosts": ["http://x"]}} | 400 | invalid_value | safety.allowed_hosts
                    start | {"users": 1, "safety": {"dead_man_s": 0}}       | 400 | invalid_value   | safety.dead_man_s
                    start | {"users": 2, "safety": {"max_users": 1}, "params": {"token": 1}} | 409 | no_workers | -
                    kill  | {"now": true}                                   | 400 | unknown_field   | now
                    kill  | {}                                              | 409 | invalid_state   | -
                    """)
    void aChangeThatIsWrongIsRefusedByName(String path, String body, int status, String code, String field)
            throws Exception {
        HttpResponse<String> answer = client.send("POST", "/api/v1/test/" + path, body, "Content-Type", JSON);

        JsonNode error = Client.refused(answer, status, code);
        if (field != null) {
            assertThat(error.path("details").path("field").asText()).isEqualTo(field);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
                    POST   | -                           | {                                | 400 | invalid_json  | -
                    POST   | -                           | {}                               | 400 | invalid_value | pool
                    POST   | -                           | {"pool": "a/b", "count": 1}      | 400 | invalid_value | pool
                    POST   | -                           | {"pool": "..", "count": 1}       | 400 | invalid_value | pool
                    POST   | -                           | {"pool": "users"}                | 400 | invalid_value | count
                    POST   | -                           | {"pool": "users", "count": 0}    | 400 | invalid_value | count
                    POST   | -                           | {"pool": "users", "cuont": 1}    | 400 | unknown_field | cuont
                    POST   | -                           | {"pool": "nope", "count": 1}     | 404 | not_found     | -
                    POST   | -                           | {"pool": "users", "count": 1}    | 409 | no_workers    | -
                    POST   | -                           | {"pool": "cards", "items": []}   | 400 | invalid_value | items
                    POST   | -                           | {"pool": "cards", "items": [null]} | 400 | invalid_value | items
                    POST   | -                           | {"pool": "cards", "items": [1], "count": 1} | 400 | invalid_value | count
                    GET    | /nope                       | -                                | 404 | not_found     | -
                    GET    | /nope/items                 | -                                | 404 | not_found     | -
                    GET    | /cards/items?limit=0        | -                                | 400 | invalid_value | limit
                    GET    | /cards/items?limit=1001     | -                                | 400 | invalid_value | limit
                    GET    | /cards/items?after=-1       | -                                | 400 | invalid_value | after
                    GET    | /cards/items?state=rented   | -                                | 400 | invalid_value | state
                    GET    | /cards/items?page=2         | -                                | 400 | unknown_field | page
                    GET    | /cards?state=leased         | -                                | 400 | unknown_field | state
                    POST   | /users/ensure               | {"count": -1}                    | 400 | invalid_value | count
                    POST   | /users/ensure               | {"count": 1000001}               | 400 | invalid_value | count
                    POST   | /nope/ensure                | {"count": 1}                     | 404 | not_found     | -
                    POST   | /nope/reset                 | {}                               | 404 | not_found     | -
                    POST   | /cards/reset                | {"force": "yes"}                 | 400 | invalid_value | force
                    DELETE | /nope                       | -                                | 404 | not_found     | -
                    DELETE | /cards?force=maybe          | -                                | 400 | invalid_value | force
                    DELETE | /cards/items/99             | -                                | 404 | not_found     | -
                    DELETE | /cards/items/one            | -                                | 404 | not_found     | -
                    POST   | /cards/items/1/quarantine   | {}                               | 400 | invalid_value | reason
                    POST   | /cards/items/99/quarantine  | {"reason": "gone"}               | 404 | not_found     | -
                    POST   | /cards/items/1/restore      | {}                               | 404 | not_found     | -
                    PUT    | /cards                      | {}                               | 405 | method_not_allowed | -
                    """)
    void whatIsWrongWithARequestForPoolsIsNamed(
            String method,
            @Nullable String path,
            @Nullable String body,
            int status,
            String code,
            @Nullable String field)
            throws Exception {
        client.post("/api/v1/resources", "{\"pool\": \"cards\", \"items\": [1]}", 202);

        HttpResponse<String> answer = client.send(
                method,
                "/api/v1/resources" + (path == null ? "" : path),
                body == null ? "" : body,
                "Content-Type",
                JSON);

        JsonNode error = Client.refused(answer, status, code);
        if (field != null) {
            assertThat(error.path("details").path("field").asText()).isEqualTo(field);
        }
    }

    @Test
    void aRefusedStartLeavesNothingBehind() throws Exception {
        JsonNode runs = client.get("/api/v1/runs");
        JsonNode test = client.get("/api/v1/test");
        client.post("/api/v1/test/start", "{\"users\": 1, \"params\": {\"token\": 1}}", 409);

        assertThat(client.get("/api/v1/runs")).isEqualTo(runs);
        assertThat(client.get("/api/v1/test").path("epoch")).isEqualTo(test.path("epoch"));
        assertThat(client.get("/api/v1/test").path("run")).isEqualTo(test.path("run"));
    }

    @ParameterizedTest
    @CsvSource({
        "GET,/api/v1/nope,404,not_found",
        "GET,/api,404,not_found",
        "GET,/nope.js,404,not_found",
        "GET,/../secret.txt,400,invalid_value",
        "GET,/api/v1/runs/nope/report.json,404,not_found",
        "GET,/api/v1/runs/nope/series,404,not_found",
        "GET,/api/v1/runs/nope/summary,404,not_found",
        "POST,/nope,404,not_found",
        "GET,/api/v1/test/start,405,method_not_allowed",
        "POST,/api/v1/scenario,405,method_not_allowed",
        "DELETE,/api/v1/test,405,method_not_allowed",
        "GET,/api/v1/test?verbose=1,400,unknown_field"
    })
    void whatIsNotThereIsAnErrorInJson(String method, String path, int status, String code) throws Exception {
        Client.refused(client.send(method, path, ""), status, code);
    }

    @Test
    void otherPathsAreThePage() throws Exception {
        HttpResponse<String> root = client.send("GET", "/", "");

        assertThat(root.statusCode()).isEqualTo(200);
        assertThat(root.body()).containsAnyOf("<html", "no page");
        assertThat(client.send("GET", "/runs/20261121", "").body()).isEqualTo(root.body());
    }

    @Test
    void aBodyThatIsNotDeclaredAsJsonIsRefused() throws Exception {
        Client.refused(client.send("POST", "/api/v1/test/stop", "{}"), 415, "unsupported_media_type");
        Client.refused(
                client.send("POST", "/api/v1/test/stop", "{}", "Content-Type", "text/plain"),
                415,
                "unsupported_media_type");
    }

    @Test
    void aBodyThatIsTooLargeIsRefused() throws Exception {
        Client.refused(
                client.send("POST", "/api/v1/test/stop", " ".repeat(2 << 20), "Content-Type", JSON),
                413,
                "body_too_large");
    }

    @Test
    void aBodyThatEndsTooEarlyIsNoFaultOfTheOrchestrator() throws Exception {
        String head = "POST /api/v1/test/stop HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Connection: close\r\n";
        assertThat(raw(head + "Transfer-Encoding: chunked\r\n\r\nno size\r\n")).startsWith("HTTP/1.1 400");
    }

    @Test
    void whatIsAskedForByHeadHasTheStatusOfTheAnswer() throws Exception {
        assertThat(client.send("HEAD", "/api/v1/runs/nope", "").statusCode()).isEqualTo(404);
        HttpResponse<String> test = client.send("HEAD", "/api/v1/test", "");
        assertThat(test.statusCode()).isEqualTo(200);
        assertThat(test.headers().firstValue("Content-Type").orElseThrow()).startsWith(JSON);
        assertThat(test.body()).isEmpty();
    }

    @Test
    void pagesOfOtherSitesAreRefused() throws Exception {
        Client.refused(
                client.send("GET", "/api/v1/test", "", "Origin", "http://evil.example"), 403, "forbidden_origin");
        assertThat(raw("GET /api/v1/test HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 403");
        assertThat(raw("GET /api/v1/ws HTTP/1.1\r\nHost: 127.0.0.1:" + orchestrator.port()
                        + "\r\nOrigin: http://evil.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"))
                .startsWith("HTTP/1.1 403");
    }

    @Test
    void anIdempotencyKeyOfAnotherRequestIsAConflict() throws Exception {
        try (ContractWorker worker = new ContractWorker(redis.url(), "worker-1", 1)) {
            client.awaitReadyWorkers(1);
            String body = "{\"users\": 1, \"params\": {\"token\": 1}}";
            String[] headers = {"Content-Type", JSON, "Idempotency-Key", "key-1"};
            HttpResponse<String> first = client.send("POST", "/api/v1/test/start", body, headers);
            HttpResponse<String> again = client.send("POST", "/api/v1/test/start", body, headers);

            assertThat(first.statusCode()).isEqualTo(202);
            assertThat(again.statusCode()).isEqualTo(202);
            assertThat(again.body()).isEqualTo(first.body());
            Client.refused(
                    client.send("POST", "/api/v1/test/start", "{\"users\": 2}", headers), 409, "idempotency_conflict");
            Client.refused(client.send("POST", "/api/v1/test/start", body, "Content-Type", JSON), 409, "invalid_state");

            client.post("/api/v1/test/stop", "{}", 202);
            client.awaitState("IDLE");
        } finally {
            redis.flush();
            orchestrator.close();
            start();
        }
    }

    @Test
    void theScenarioIsDescribed() throws Exception {
        JsonNode scenario = client.get("/api/v1/scenario");

        assertThat(scenario.path("class").asText()).isEqualTo("ShopVU");
        assertThat(scenario.path("source").asText()).isEqualTo("ShopVU.java");
        assertThat(scenario.path("params").get(0).path("type").asText()).isEqualTo("uri");
        assertThat(scenario.path("params").get(2).path("values").get(1).asText())
                .isEqualTo("SLOW");
        assertThat(scenario.path("params").get(3).path("required").asBoolean()).isTrue();
        assertThat(scenario.path("steps").get(0).path("every").asText()).isEqualTo("200ms..1s");
        assertThat(scenario.path("resources").get(0).path("pool").asText()).isEqualTo("users");
    }

    private static String raw(String request) throws Exception {
        try (Socket socket = new Socket("127.0.0.1", orchestrator.port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            byte[] head = new byte[12];
            int read = in.readNBytes(head, 0, head.length);
            return new String(head, 0, read, StandardCharsets.US_ASCII);
        }
    }
}
