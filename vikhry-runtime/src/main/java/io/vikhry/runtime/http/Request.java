package io.vikhry.runtime.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.vikhry.api.HttpRequest;
import io.vikhry.api.HttpResponse;
import io.vikhry.api.HttpStream;
import io.vikhry.api.Multipart;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A request being put together. Small, because there is one for each sample: what most requests lack is kept apart. */
final class Request implements HttpRequest {
    static final Options NONE = new Options();

    /** What a request may have beyond its method, path and name. */
    static final class Options {
        @Nullable Headers headers;

        @Nullable StringBuilder query;

        byte @Nullable [] body;

        @Nullable Supplier<? extends InputStream> source;

        @Nullable String contentType;

        int @Nullable [] okStatus;
        long continueNanos;
        private long timeoutNanos;
        private long maxBody = -1;
    }

    private final HttpClient client;
    final String method;
    final String path;

    @Nullable String name;

    private Options options = NONE;
    boolean discardBody;
    private boolean sent;

    Request(HttpClient client, String method, String path) {
        this.client = client;
        this.method = method;
        this.path = path;
    }

    /** To be read only. */
    Options options() {
        return options;
    }

    private Options own() {
        if (options == NONE) {
            options = new Options();
        }
        return options;
    }

    /** The time this request may take, in ns. */
    long timeoutNanos() {
        long own = options.timeoutNanos;
        return own > 0 ? own : client.settings().timeoutNanos();
    }

    /** The most bytes of body that its response may have. */
    long maxBody() {
        long own = options.maxBody;
        return own >= 0 ? own : client.settings().maxBody();
    }

    @Override
    public HttpRequest name(String series) {
        this.name = series;
        return this;
    }

    @Override
    public HttpRequest header(String headerName, String value) {
        Options o = own();
        Headers h = o.headers;
        if (h == null) {
            h = new Headers();
            o.headers = h;
        }
        h.set(headerName, value);
        return this;
    }

    @Override
    public HttpRequest query(String parameter, Object value) {
        Options o = own();
        StringBuilder q = o.query;
        if (q == null) {
            q = new StringBuilder();
            o.query = q;
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
        own().timeoutNanos = ClientBuilder.positive("timeout", timeout).toNanos();
        return this;
    }

    @Override
    public HttpRequest okStatus(int... statuses) {
        own().okStatus = statuses.clone();
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
        Options o = own();
        o.body = bytes;
        o.source = null;
        o.contentType = type;
        return this;
    }

    @Override
    public HttpRequest body(Supplier<? extends InputStream> source, String type) {
        Options o = own();
        o.body = null;
        o.source = source;
        o.contentType = type;
        return this;
    }

    @Override
    public HttpRequest expectContinue(Duration limit) {
        own().continueNanos = ClientBuilder.positive("expectContinue", limit).toNanos();
        return this;
    }

    @Override
    public HttpRequest multipart(Consumer<Multipart> parts) {
        Parts all = new Parts();
        parts.accept(all);
        byte[] whole = all.whole();
        return whole == null ? body(all::open, all.contentType()) : body(whole, all.contentType());
    }

    @Override
    public HttpRequest discardBody() {
        this.discardBody = true;
        return this;
    }

    @Override
    public HttpRequest maxBody(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("maxBody must be 0 or more, not " + bytes);
        }
        own().maxBody = bytes;
        return this;
    }

    @Override
    public HttpResponse send() {
        use();
        return client.send(this);
    }

    @Override
    public HttpStream stream() {
        use();
        return client.stream(this);
    }

    private void use() {
        if (sent) {
            throw new IllegalStateException(this + " was sent before; make a new request for each send()");
        }
        sent = true;
    }

    @Override
    public String toString() {
        return method + " " + path;
    }
}
