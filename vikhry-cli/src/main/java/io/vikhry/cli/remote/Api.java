package io.vikhry.cli.remote;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vikhry.cli.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpRetryException;
import java.net.HttpURLConnection;
import java.net.MalformedURLException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The orchestrator's API; an error answer is a {@link Failure} with the orchestrator's own words. By the JDK's oldest HTTP client: the newer
 * one brings seven hundred classes, half of them TLS's, into a process that generates load. Each request has a connection of its own,
 * and what may change something is never sent a second time.
 */
public final class Api {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(3);
    /** Longer than an orchestrator waits for a Redis that is slow. */
    private static final Duration LIMIT = Duration.ofSeconds(25);

    private static final Set<String> SCENARIO_CODES =
            Set.of("unknown_param", "missing_param", "invalid_value", "no_scenario");

    private final String url;

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
            HttpURLConnection connection = request("GET", "/ready");
            connection.connect();
            return answer(connection, null).status() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    private HttpURLConnection request(String method, String path) throws IOException {
        try {
            URI uri = URI.create(url + path);
            if (uri.getHost() == null) {
                throw new IllegalArgumentException("no host");
            }
            HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
            connection.setRequestMethod(method);
            connection.setRequestProperty("Connection", "close");
            connection.setInstanceFollowRedirects(false);
            connection.setUseCaches(false);
            connection.setConnectTimeout((int) CONNECT_LIMIT.toMillis());
            connection.setReadTimeout((int) LIMIT.toMillis());
            return connection;
        } catch (IllegalArgumentException | MalformedURLException e) {
            throw Failure.usage("\"" + url + "\" is no URL of an orchestrator");
        }
    }

    private String exchange(String method, String path, @Nullable JsonNode body) {
        boolean connected = false;
        Answer answer;
        try {
            HttpURLConnection connection = request(method, path);
            if (body != null) {
                connection.setRequestProperty("Content-Type", "application/json");
            }
            byte[] sent = method.equals("GET")
                    ? null
                    : body == null ? new byte[0] : body.toString().getBytes(StandardCharsets.UTF_8);
            if (sent != null) {
                connection.setDoOutput(true);
                connection.setFixedLengthStreamingMode(sent.length); // else it might be sent again
            }
            connection.connect();
            connected = true;
            answer = answer(connection, sent);
        } catch (IOException e) {
            boolean slow = connected && e instanceof SocketTimeoutException;
            throw Failure.environment(
                    slow
                            ? "the orchestrator at " + url + " took longer than " + LIMIT.toSeconds()
                                    + " s to answer: see what became of it with `vikhry test status`"
                            : "no orchestrator answers at " + url
                                    + ": start one with `vikhry infra up`, or say where it is with --orchestrator-url",
                    e);
        }
        if (answer.status() < 400) {
            return answer.body();
        }
        throw refused(method, path, answer);
    }

    private record Answer(int status, String body) {}

    private static Answer answer(HttpURLConnection connection, byte @Nullable [] body) throws IOException {
        try {
            if (body != null) {
                try (OutputStream out = connection.getOutputStream()) {
                    out.write(body);
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

    private static Failure refused(String method, String path, Answer answer) {
        String message = method + " " + path.replaceFirst("[?].*", "") + " gave " + answer.status();
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
}
