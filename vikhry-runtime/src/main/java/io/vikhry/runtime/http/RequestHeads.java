package io.vikhry.runtime.http;

import org.jspecify.annotations.Nullable;

/** Writes the heads of one client's requests. */
final class RequestHeads {
    private final ClientSettings settings;
    private final @Nullable CookieJar cookies;

    RequestHeads(ClientSettings settings, @Nullable CookieJar cookies) {
        this.settings = settings;
        this.cookies = cookies;
    }

    /** Request line and headers, those of the body apart. */
    String start(String method, Target target, @Nullable Headers own) {
        return start(
                method,
                target,
                own,
                own == null ? settings.headers() : settings.headers().with(own));
    }

    /** As the other, with {@code headers} in place of the client's and the request's own. */
    String start(String method, Target target, @Nullable Headers own, Headers merged) {
        Headers headers = merged;
        boolean elsewhere = !target.origin().equals(settings.origin()) && (own == null || !own.contains("Host"));
        if (elsewhere || !headers.contains("Host")) {
            headers = headers.copy();
            headers.set("Host", target.origin().authority());
        }
        Origin origin = target.origin();
        Proxy proxy = Route.asked(origin, settings);
        StringBuilder out = new StringBuilder(256)
                .append(method)
                .append(' ')
                .append(proxy == null ? target.path() : target.url())
                .append(" HTTP/1.1\r\n");
        headers.writeTo(out);
        String authorization = proxy == null ? null : proxy.authorization();
        if (authorization != null && !headers.contains("Proxy-Authorization")) {
            Headers.line(out, "Proxy-Authorization", authorization);
        }
        return out.toString();
    }

    /** The whole head. {@code target} is null where no cookie is to be sent. */
    byte[] head(String start, @Nullable Target target, @Nullable Headers own, String method, Request.Options options) {
        StringBuilder out = new StringBuilder(start.length() + 128).append(start);
        CookieJar jar = cookies;
        if (jar != null && target != null && (own == null || !own.contains("Cookie"))) {
            String cookie = jar.header(target.origin(), target.path());
            if (cookie != null) {
                Headers.line(out, "Cookie", cookie);
            }
        }
        byte[] body = options.body;
        String contentType = options.contentType;
        if (body != null || options.source != null) {
            if (contentType != null && (own == null || !own.contains("Content-Type"))) {
                Headers.check("Content-Type", contentType);
                Headers.line(out, "Content-Type", contentType);
            }
            if (options.continueNanos > 0) {
                Headers.line(out, "Expect", "100-continue");
            }
            if (body == null) {
                Headers.line(out, "Transfer-Encoding", "chunked");
            } else {
                Headers.line(out, "Content-Length", Integer.toString(body.length));
            }
        } else if (method.equals("POST") || method.equals("PUT") || method.equals("PATCH")) {
            Headers.line(out, "Content-Length", "0");
        }
        return Headers.bytes(out.append("\r\n"));
    }
}
