package io.vikhry.runtime.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.vikhry.api.HttpRequest;
import io.vikhry.api.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request being put together. */
final class Request implements HttpRequest {
    private final HttpClient client;
    final String method;
    final String path;

    @Nullable String name;

    @Nullable Headers headers;

    @Nullable StringBuilder query;

    byte @Nullable [] body;

    @Nullable String contentType;

    int @Nullable [] okStatus;
    long timeoutNanos;
    boolean discardBody;
    private boolean sent;

    Request(HttpClient client, String method, String path, long timeoutNanos) {
        this.client = client;
        this.method = method;
        this.path = path;
        this.timeoutNanos = timeoutNanos;
    }

    @Override
    public HttpRequest name(String series) {
        this.name = series;
        return this;
    }

    @Override
    public HttpRequest header(String headerName, String value) {
        Headers h = headers;
        if (h == null) {
            h = new Headers();
            headers = h;
        }
        h.set(headerName, value);
        return this;
    }

    @Override
    public HttpRequest query(String parameter, Object value) {
        StringBuilder q = query;
        if (q == null) {
            q = new StringBuilder();
            query = q;
        } else {
            q.append('&');
        }
        Target.encode(q, parameter);
        q.append('=');
        Target.encode(q, String.valueOf(value));
        return this;
    }

    @Override
    public HttpRequest timeout(Duration timeout) {
        this.timeoutNanos = ClientBuilder.positive("timeout", timeout).toNanos();
        return this;
    }

    @Override
    public HttpRequest okStatus(int... statuses) {
        this.okStatus = statuses.clone();
        return this;
    }

    @Override
    public HttpRequest json(Object value) {
        try {
            return body(client.owner().json().writeValueAsBytes(value), "application/json");
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("the JSON body cannot be written: " + e.getOriginalMessage(), e);
        }
    }

    @Override
    public HttpRequest form(Map<String, ?> fields) {
        StringBuilder out = new StringBuilder();
        fields.forEach((field, value) -> {
            if (!out.isEmpty()) {
                out.append('&');
            }
            Target.encode(out, field);
            out.append('=');
            Target.encode(out, String.valueOf(value));
        });
        return body(out.toString().getBytes(StandardCharsets.US_ASCII), "application/x-www-form-urlencoded");
    }

    @Override
    public HttpRequest body(String text, String type) {
        return body(text.getBytes(StandardCharsets.UTF_8), type);
    }

    @Override
    public HttpRequest body(byte[] bytes, String type) {
        this.body = bytes;
        this.contentType = type;
        return this;
    }

    @Override
    public HttpRequest discardBody() {
        this.discardBody = true;
        return this;
    }

    @Override
    public HttpResponse send() {
        if (sent) {
            throw new IllegalStateException(this + " was sent before; make a new request for each send()");
        }
        sent = true;
        return client.send(this);
    }

    @Override
    public String toString() {
        return method + " " + path;
    }
}
