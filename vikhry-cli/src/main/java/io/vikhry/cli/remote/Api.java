package io.vikhry.cli.remote;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.vikhry.cli.Failure;
import io.vikhry.runtime.scenario.DurationText;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpRetryException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The orchestrator's API; an error answer is a {@link Failure} with the orchestrator's own words. By the JDK's oldest HTTP client: the newer
 * one brings seven hundred classes, half of them TLS's, into a process that generates load. Each request has a connection of its own,
 * and what may change something is never sent a second time.
 */
public final class Api {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(3);
    /** For the whole of a request; longer than an orchestrator waits for a Redis that is slow. */
    private static final Duration LIMIT = Duration.ofSeconds(25);

    private static final Set<String> SCENARIO_CODES =
            Set.of("unknown_param", "missing_param", "invalid_value", "no_scenario");

    private final String url;
    private final Duration limit;

    /** Talks to the orchestrator at {@code url}, {@code http://127.0.0.1:8080}. */
    public Api(String url) {
        this(url, LIMIT);
    }

    /** As {@link #Api(String)}, waiting for {@code limit} at most until an answer is there whole. */
    Api(String url, Duration limit) {
        this.url = url;
        this.limit = limit;
    }

    /** Where the orchestrator answers. */
    public String url() {
        return url;
    }

    /** The answer to {@code GET path}. */
    public JsonNode get(String path) {
        return json(text(path));
    }

    /** The answer to {@code GET path} as it came. */
    public String text(String path) {
        return exchange("GET", path, null);
    }

    /** The answer to {@code POST path}. */
    public JsonNode post(String path, JsonNode body) {
        return json(exchange("POST", path, body));
    }

    /** The answer to {@code DELETE path}. */
    public JsonNode delete(String path) {
        return json(exchange("DELETE", path, null));
    }

    /** Whether it is ready to start runs. */
    public boolean ready() {
        try {
            return answer("GET", "/ready", null).status() == 200;
        } catch (IOException | TimeoutException e) {
            return false;
        }
    }

    private String exchange(String method, String path, @Nullable JsonNode body) {
        Answer answer;
        try {
            answer = answer(method, path, body);
        } catch (TimeoutException e) {
            throw Failure.environment(
                    "the orchestrator at " + url + " took longer than " + DurationText.format(limit)
                            + " to answer: see what became of it with `vikhry test status`",
                    e);
        } catch (IOException e) {
            throw Failure.environment(
                    "no orchestrator answers at " + url
                            + ": start one with `vikhry infra up`, or say where it is with --orchestrator-url",
                    e);
        }
        if (answer.status() < 400) {
            return answer.body();
        }
        throw refused(method, path, answer);
    }

    private record Answer(int status, String body) {}

    /**
     * The client bounds each read alone, and who drips a byte now and then would hold it for ever: a thread of its own is waited for, and
     * left to itself if it takes too long.
     */
    private Answer answer(String method, String path, @Nullable JsonNode body) throws IOException, TimeoutException {
        FutureTask<Answer> answer = new FutureTask<>(() -> answer(request(method, path), body));
        Thread.ofPlatform().daemon().name("request").start(answer);
        try {
            return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException io) {
                throw io;
            }
            throw new IllegalStateException(method + " " + path, e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.interrupted();
        }
    }

    private HttpURLConnection request(String method, String path) throws IOException {
        HttpURLConnection connection =
                (HttpURLConnection) URI.create(url + path).toURL().openConnection();
        connection.setRequestMethod(method);
        connection.setRequestProperty("Connection", "close");
        connection.setInstanceFollowRedirects(false);
        connection.setUseCaches(false);
        connection.setConnectTimeout((int) CONNECT_LIMIT.toMillis());
        // Who waits for the whole gives up first, and says so; this ends the thread that was left to itself.
        connection.setReadTimeout((int) limit.plusSeconds(1).toMillis());
        return connection;
    }

    private static Answer answer(HttpURLConnection connection, @Nullable JsonNode body) throws IOException {
        boolean sends = !connection.getRequestMethod().equals("GET");
        byte[] sent = body == null ? new byte[0] : body.toString().getBytes(StandardCharsets.UTF_8);
        try {
            if (body != null) {
                connection.setRequestProperty("Content-Type", "application/json");
            }
            if (sends) {
                connection.setDoOutput(true);
                connection.setFixedLengthStreamingMode(sent.length); // else it might be sent again
            }
            connection.connect();
            if (sends) {
                try (OutputStream out = connection.getOutputStream()) {
                    out.write(sent);
                }
            }
            int status = connection.getResponseCode();
            try (InputStream in = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
                return new Answer(status, in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8));
            }
        } catch (HttpRetryException e) {
            return new Answer(e.responseCode(), ""); // it wants credentials, of which there are none
        } finally {
            connection.disconnect();
        }
    }

    private Failure refused(String method, String path, Answer answer) {
        JsonNode error = error(answer.body());
        if (!error.path("message").isTextual()) {
            String asked = method + " " + path.replaceFirst("[?].*", "");
            return stranger(" (" + asked + " gave " + answer.status() + ")", null);
        }
        int exit = SCENARIO_CODES.contains(error.path("code").asText()) ? Failure.SCENARIO : Failure.ENVIRONMENT;
        return Failure.of(exit, error.path("message").asText().replaceAll("\\s*\\R\\s*", " "));
    }

    /** The error that an orchestrator's answer tells of; missing if it is somebody else's answer. */
    private static JsonNode error(String body) {
        try {
            return JSON.readTree(body).path("error");
        } catch (JsonProcessingException e) {
            return MissingNode.getInstance();
        }
    }

    private JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw stranger("", e);
        }
    }

    private Failure stranger(String why, @Nullable Throwable cause) {
        return Failure.environment(
                "what answers at " + url + " is not a vikhry orchestrator" + why
                        + ": say where one is with --orchestrator-url",
                cause);
    }
}
