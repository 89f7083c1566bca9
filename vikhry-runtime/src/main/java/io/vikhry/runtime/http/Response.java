package io.vikhry.runtime.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.vikhry.api.CheckFailedException;
import io.vikhry.api.HttpException;
import io.vikhry.api.HttpResponse;
import io.vikhry.runtime.metrics.GivenNames;
import io.vikhry.runtime.metrics.Series;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A complete response: the bytes as they came, read when somebody asks. */
final class Response implements HttpResponse {
    private static final int EXCERPT = 200;

    private final HttpClient client;
    private final Label label;
    private final Target target;
    private final byte[] head;
    private final long serviceNanos;
    // A short, since there is one response for each sample and eight bytes hang on it.
    private final short status;
    /** The most bytes that the body may have after decompression. */
    private final int maxBody;

    private byte[] body;
    private boolean encoded;
    private boolean failed;

    Response(HttpClient client, Label label, Target target, Exchange exchange) {
        this.client = client;
        this.label = label;
        this.target = target;
        this.head = exchange.responseHead;
        this.body = exchange.responseBody;
        this.serviceNanos = exchange.sample.serviceNanos();
        this.status = (short) exchange.status;
        this.maxBody = (int) Math.min(exchange.maxBody, Integer.MAX_VALUE);
        this.encoded = exchange.encoded;
        this.failed = exchange.sample.hasFailed();
    }

    @Override
    public int status() {
        return status;
    }

    @Override
    public Optional<String> header(String name) {
        return ResponseHead.first(head, name);
    }

    @Override
    public List<String> headers(String name) {
        return ResponseHead.all(head, name);
    }

    @Override
    public Optional<String> trailer(String name) {
        return ResponseHead.trailer(head, name);
    }

    @Override
    public byte[] body() {
        if (encoded) {
            try {
                body = ContentCoding.decode(String.join(",", headers("Content-Encoding")), body, maxBody);
                encoded = false;
            } catch (ContentCoding.TooLarge e) {
                throw undecodable(HttpException.Code.TOO_LARGE, e);
            } catch (IOException e) {
                throw undecodable(HttpException.Code.PROTOCOL, e);
            }
        }
        return body;
    }

    private HttpException undecodable(HttpException.Code code, IOException e) {
        String message = label.name() + ": " + e.getMessage();
        markFailed(code.name(), message);
        return new HttpException(code, message + " (" + target.url() + ")", e);
    }

    @Override
    public String text() {
        return new String(body(), charset());
    }

    private Charset charset() {
        String type = header("Content-Type").orElse("");
        int at = type.toLowerCase(Locale.ROOT).indexOf("charset=");
        if (at < 0) {
            return StandardCharsets.UTF_8;
        }
        String name = type.substring(at + "charset=".length())
                .split(";", 2)[0]
                .strip()
                .replace("\"", "");
        try {
            return Charset.forName(name);
        } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
            return StandardCharsets.UTF_8;
        }
    }

    @Override
    public <T> T json(Class<T> type) {
        byte[] bytes = body();
        T value;
        try {
            value = client.owner().json().readValue(bytes, type);
        } catch (JsonProcessingException e) {
            throw check("CHECK_JSON", "JSON that fits " + type.getSimpleName(), e.getOriginalMessage());
        } catch (IOException e) {
            throw check("CHECK_JSON", "JSON that fits " + type.getSimpleName(), String.valueOf(e.getMessage()));
        }
        if (value == null) {
            throw check("CHECK_JSON", "JSON that fits " + type.getSimpleName(), "JSON null");
        }
        return value;
    }

    @Override
    public Optional<String> json(String pointer) {
        JsonNode node = at(pointer);
        if (node.isMissingNode() || node.isNull()) {
            return Optional.empty();
        }
        return Optional.of(Extractors.text(node));
    }

    @Override
    public Optional<String> jsonPath(String path) {
        return jsonPathAll(path).stream().findFirst();
    }

    @Override
    public List<String> jsonPathAll(String path) {
        return Extractors.jsonPath(tree(path), path);
    }

    @Override
    public Optional<String> regex(String pattern) {
        return Extractors.regex(text(), pattern, 1).stream().findFirst();
    }

    @Override
    public List<String> regexAll(String pattern) {
        return Extractors.regex(text(), pattern, Integer.MAX_VALUE);
    }

    @Override
    public Optional<String> cookie(String name) {
        return headers("Set-Cookie").stream()
                .map(line -> line.split(";", 2)[0].split("=", 2))
                .filter(pair -> pair.length == 2 && pair[0].strip().equals(name))
                .map(pair -> pair[1].strip())
                .findFirst();
    }

    @Override
    public <T> T json(String pointer, Class<T> type) {
        JsonNode node = at(pointer);
        T value;
        try {
            value = client.owner().json().treeToValue(node, type);
        } catch (JsonProcessingException e) {
            throw check("CHECK_JSON", type.getSimpleName() + " at " + pointer, e.getOriginalMessage());
        }
        if (value == null) {
            throw check("CHECK_JSON", type.getSimpleName() + " at " + pointer, node.isNull() ? "null" : "nothing");
        }
        return value;
    }

    @Override
    public CheckFailedException failed(String code, String what) {
        markFailed(GivenNames.code(label.name(), code), what);
        return new CheckFailedException(what + " (" + target.url() + ", status " + status + ")");
    }

    private JsonNode at(String pointer) {
        if (!pointer.isEmpty() && !pointer.startsWith("/")) {
            throw new IllegalArgumentException(
                    "'" + pointer + "' is not a JSON pointer: it begins with a slash, like /items/0/id");
        }
        return tree(pointer).at(pointer);
    }

    private JsonNode tree(String wanted) {
        try {
            return client.owner().json().readTree(body());
        } catch (JsonProcessingException e) {
            throw check("CHECK_JSON", "JSON with " + wanted, "no JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw check("CHECK_JSON", "JSON with " + wanted, String.valueOf(e.getMessage()));
        }
    }

    @Override
    public Duration serviceTime() {
        return Duration.ofNanos(serviceNanos);
    }

    @Override
    public HttpResponse expectStatus(int... statuses) {
        for (int each : statuses) {
            if (each == status) {
                return this;
            }
        }
        String expected =
                statuses.length == 1 ? "status " + statuses[0] : "one of the statuses " + Arrays.toString(statuses);
        throw check("CHECK_STATUS", expected, "status " + status);
    }

    @Override
    public HttpResponse expectJson(String pointer, Object value) {
        JsonNode node = at(pointer);
        if (!isEqual(node, value)) {
            throw check(
                    "CHECK_JSON",
                    value + " at " + pointer,
                    node.isMissingNode() ? "nothing there" : excerpt(Extractors.text(node)));
        }
        return this;
    }

    private static boolean isEqual(JsonNode node, @Nullable Object value) {
        if (value == null) {
            return node.isNull();
        }
        if (value instanceof Number number) {
            // 1e999 is read as infinite, which no decimal is.
            return node.isNumber()
                    && !(node.isDouble() && Double.isInfinite(node.doubleValue()))
                    && node.decimalValue().compareTo(new BigDecimal(number.toString())) == 0;
        }
        if (value instanceof Boolean flag) {
            return node.isBoolean() && node.booleanValue() == flag;
        }
        return node.isTextual() && node.textValue().equals(value.toString());
    }

    @Override
    public HttpResponse expectBodyContains(String part) {
        if (!text().contains(part)) {
            throw check("CHECK_BODY", "a body that contains '" + excerpt(part) + "'", "another");
        }
        return this;
    }

    /** Marks the sample as failed, unless it is already, and makes the exception that says so. */
    private CheckFailedException check(String code, String expected, String came) {
        String what = label.name() + ": expected " + expected + ", came " + came;
        markFailed(code, what);
        String excerpt = excerpt(new String(body, StandardCharsets.UTF_8));
        return new CheckFailedException(what + " (" + target.url() + ", status " + status
                + (excerpt.isEmpty() ? ", no body)" : ", body: " + excerpt + ")"));
    }

    private void markFailed(String code, String message) {
        if (!failed) {
            failed = true;
            Series series = label.series();
            if (series != null) {
                series.failCheck(Integer.toString(status), code);
                client.owner().loop().recorder().error(series, code, message, null);
            }
        }
    }

    private static String excerpt(String text) {
        String line = text.replaceAll("\\p{Cntrl}+", " ").strip();
        return line.length() <= EXCERPT ? line : line.substring(0, EXCERPT - 1) + "…";
    }

    @Override
    public String toString() {
        return target.url() + ": status " + status;
    }
}
