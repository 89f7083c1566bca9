package io.vikhry.cli.remote;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vikhry.cli.Failure;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Set;

/** The orchestrator's API; an error answer is a {@link Failure} with the orchestrator's own words. */
public final class Api implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Longer than an orchestrator waits for a Redis that is slow. */
    private static final Duration LIMIT = Duration.ofSeconds(25);

    private static final Set<String> SCENARIO_CODES =
            Set.of("unknown_param", "missing_param", "invalid_value", "no_scenario");

    private final String url;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(3))
            .build();

    /** Talks to the orchestrator at {@code url}, {@code http://127.0.0.1:8080}. */
    public Api(String url) {
        this.url = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
        if (!url.startsWith("http://") && !url.startsWith("https://")) {
            throw Failure.usage("the orchestrator's URL must begin with http:// or https://, not \"" + url + "\"");
        }
    }

    /** Where the orchestrator answers. */
    public String url() {
        return url;
    }

    /** The answer to {@code GET path}. */
    public JsonNode get(String path) {
        return json(exchange(request(path).GET().build()));
    }

    /** The answer to {@code GET path} as it came. */
    public String text(String path) {
        return exchange(request(path).GET().build());
    }

    /** The answer to {@code POST path}. */
    public JsonNode post(String path, JsonNode body) {
        return json(exchange(request(path)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body.toString()))
                .build()));
    }

    /** The answer to {@code DELETE path}. */
    public JsonNode delete(String path) {
        return json(exchange(request(path).DELETE().build()));
    }

    /** Whether it is ready to start runs. */
    public boolean ready() {
        try {
            HttpResponse<String> answer = client.send(request("/ready").GET().build(), BodyHandlers.ofString());
            return answer.statusCode() == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private HttpRequest.Builder request(String path) {
        try {
            return HttpRequest.newBuilder(URI.create(url + path)).timeout(LIMIT);
        } catch (IllegalArgumentException e) {
            throw Failure.usage("\"" + url + "\" is no URL of an orchestrator");
        }
    }

    private String exchange(HttpRequest request) {
        HttpResponse<String> answer;
        try {
            answer = client.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            boolean slow = e instanceof HttpTimeoutException && !(e instanceof HttpConnectTimeoutException);
            throw Failure.environment(
                    slow
                            ? "the orchestrator at " + url + " took longer than " + LIMIT.toSeconds()
                                    + " s to answer: see what became of it with `vikhry test status`"
                            : "no orchestrator answers at " + url
                                    + ": start one with `vikhry infra up`, or say where it is with --orchestrator-url",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.interrupted();
        }
        if (answer.statusCode() < 400) {
            return answer.body();
        }
        throw refused(request, answer);
    }

    private static Failure refused(HttpRequest request, HttpResponse<String> answer) {
        String message = request.method() + " " + request.uri().getPath() + " gave " + answer.statusCode();
        String code = "";
        try {
            JsonNode error = JSON.readTree(answer.body()).path("error");
            message = error.path("message").asText(message);
            code = error.path("code").asText();
        } catch (JsonProcessingException e) {
            // Not from an orchestrator; the status has to do.
        }
        int exit = SCENARIO_CODES.contains(code) ? Failure.SCENARIO : Failure.ENVIRONMENT;
        return Failure.of(exit, message.replaceAll("\\s*\\R\\s*", " "));
    }

    private JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw Failure.environment("what answers at " + url + " is not a vikhry orchestrator", e);
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
