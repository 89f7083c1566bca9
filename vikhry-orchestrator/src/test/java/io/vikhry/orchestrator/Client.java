package io.vikhry.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Asks an orchestrator as a program would, and waits for what it says. */
final class Client {
    static final ObjectMapper JSON = new ObjectMapper();
    static final HttpClient HTTP = HttpClient.newHttpClient();

    private final String url;

    Client(Orchestrator orchestrator) {
        this.url = orchestrator.url();
    }

    HttpResponse<String> send(String method, String path, String body, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + path))
                .timeout(Duration.ofSeconds(30))
                .method(method, HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    JsonNode get(String path) throws Exception {
        return JSON.readTree(send("GET", path, "").body());
    }

    JsonNode post(String path, String body, int status) throws Exception {
        HttpResponse<String> response = send("POST", path, body, "Content-Type", "application/json");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        return JSON.readTree(response.body());
    }

    void awaitLeader() {
        await().atMost(Duration.ofSeconds(20))
                .until(() -> get("/ready").path("leader").asBoolean());
    }

    void awaitReadyWorkers(int count) {
        // Three JVMs at once take their time on a busy machine.
        await().atMost(Duration.ofSeconds(90)).until(() -> {
            long ready = 0;
            for (JsonNode worker : get("/api/v1/workers").path("workers")) {
                ready += worker.path("phase").asText().equals("READY") ? 1 : 0;
            }
            return ready == count;
        });
    }

    void awaitState(String state) {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> get("/api/v1/test").path("state").asText(), state::equals);
    }

    void awaitUsers(int users) {
        await().atMost(Duration.ofSeconds(20))
                .until(
                        () -> get("/api/v1/test")
                                .path("run")
                                .path("active_users")
                                .asInt(),
                        n -> n == users);
    }

    void awaitRequests(long count) {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> get("/api/v1/metrics").path("totals").path("count").asLong(), n -> n >= count);
    }

    void awaitHealth(String state) {
        await().atMost(Duration.ofSeconds(10))
                .until(
                        () -> get("/api/v1/workers")
                                .path("workers")
                                .get(0)
                                .path("health")
                                .asText(),
                        state::equals);
    }

    /** The error that a refusal tells in JSON. */
    static JsonNode refused(HttpResponse<String> answer, int status, String code) throws Exception {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        JsonNode error = JSON.readTree(answer.body()).path("error");
        assertThat(error.path("code").asText()).isEqualTo(code);
        assertThat(error.path("message").asText()).isNotBlank().doesNotContain("\n");
        assertThat(error.path("details").isObject()).isTrue();
        return error;
    }
}
