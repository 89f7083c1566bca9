package io.vikhry.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Asks an orchestrator as a program would, and waits for what it says. */
public final class Orders {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    private final String url;

    /** To the orchestrator at {@code url}. */
    public Orders(String url) {
        this.url = url;
    }

    /** The answer to a request, whatever its status. */
    public HttpResponse<String> send(String method, String path, String body) throws IOException, InterruptedException {
        return HTTP.send(
                HttpRequest.newBuilder(URI.create(url + path))
                        .timeout(Duration.ofSeconds(20))
                        .header("Content-Type", "application/json")
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /** What is at {@code path}. */
    public JsonNode get(String path) throws IOException, InterruptedException {
        return JSON.readTree(send("GET", path, "").body());
    }

    /** Orders something that must be accepted. */
    public JsonNode post(String path, String body) throws IOException, InterruptedException {
        HttpResponse<String> response = send("POST", path, body);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(202);
        return JSON.readTree(response.body());
    }

    /** Starts a run of {@code MarkedVU} against {@code target}; {@code more} is further JSON: {@code , "duration_s": 10}. */
    public String start(int users, CountingTarget target, String more) throws IOException, InterruptedException {
        return post(
                        "/api/v1/test/start",
                        "{\"users\": " + users + ", \"params\": {\"baseUrl\": \"" + target.url() + "\"}" + more + "}")
                .path("run_id")
                .asText();
    }

    /** Waits until that many workers have the scenario and nothing to do. */
    public void awaitReadyWorkers(int count) {
        await().atMost(Duration.ofSeconds(120)).ignoreExceptions().until(() -> {
            int ready = 0;
            for (JsonNode worker : get("/api/v1/workers").path("workers")) {
                ready += worker.path("phase").asText().equals("READY") ? 1 : 0;
            }
            return ready == count;
        });
    }

    /** Waits for a state. */
    public void awaitState(String state, Duration limit) {
        await().atMost(limit)
                .ignoreExceptions()
                .pollInterval(Duration.ofMillis(50))
                .until(() -> get("/api/v1/test").path("state").asText(), state::equals);
    }

    /** Waits until it leads. */
    public void awaitLeading(Duration limit) {
        await().atMost(limit)
                .ignoreExceptions()
                .pollInterval(Duration.ofMillis(50))
                .until(() -> get("/ready").path("leader").asBoolean());
    }

    /** The report of a run that has ended. */
    public JsonNode report(String runId) throws IOException, InterruptedException {
        return get("/api/v1/runs/" + runId + "/report.json");
    }
}
