package io.vikhry.runtime.http;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes the heads of one client's requests. */
final class RequestHeads {
    /** What follows from more than the headers that were set: each is written once, by who knows all of it. */
    private static final List<String> LATER = List.of("Cookie", "Content-Type");

    private final ClientSettings settings;
    private final @Nullable CookieJar cookies;
    private final boolean close;

    RequestHeads(ClientSettings settings, @Nullable CookieJar cookies) {
        this.settings = settings;
        this.cookies = cookies;
        this.close = close(settings.headers(), null);
    }

    /** Whether the client's headers say that the connection ends with the request. */
    boolean close() {
        return close;
    }

    /** Whether these headers say so, of which the request's own go before the others. */
    static boolean close(Headers common, @Nullable Headers own) {
        String first = own == null ? null : own.get("Connection");
        String said = first == null ? common.get("Connection") : first;
        if (said != null) {
            for (String option : said.split(",")) {
                if (option.strip().equalsIgnoreCase("close")) {
                    return true;
                }
            }
        }
        return false;
    }

    /**
     * Request line and headers, those of the body and the cookies apart.
     *
     * @param common the client's headers
     * @param own the request's, which are set over them
     */
    String start(String method, Target target, Headers common, @Nullable Headers own) {
        Headers headers = own == null ? common : common.with(own);
        Origin origin = target.origin();
        boolean elsewhere = !origin.equals(settings.origin()) && (own == null || !own.contains("Host"));
        if (elsewhere || !headers.contains("Host")) {
            headers = headers.copy();
            headers.set("Host", origin.authority());
        }
        Proxy proxy = Route.asked(origin, settings);
        StringBuilder out = new StringBuilder(256)
                .append(method)
                .append(' ')
                .append(proxy == null ? target.path() : target.url())
                .append(" HTTP/1.1\r\n");
        headers.writeTo(out, LATER);
        String authorization = proxy == null ? null : proxy.authorization();
        if (authorization != null && !headers.contains("Proxy-Authorization")) {
            Headers.line(out, "Proxy-Authorization", authorization);
        }
        return out.toString();
    }

    /** The whole head. {@code target} is null where no cookie of the jar is to be sent. */
    byte[] head(
            String start,
            @Nullable Target target,
            Headers common,
            @Nullable Headers own,
            String method,
            Request.Options options) {
        StringBuilder out = new StringBuilder(start.length() + 128).append(start);
        String cookies = cookies(target, common, own);
        if (cookies != null) {
            Headers.line(out, "Cookie", cookies);
        }
        boolean bodiless = options.body == null && options.source == null;
        String type = own == null ? null : own.get("Content-Type");
        if (type == null && !bodiless && options.contentType != null) {
            type = options.contentType;
            Headers.check("Content-Type", type);
        } else if (type == null) {
            type = common.get("Content-Type");
        }
        if (type != null) {
            Headers.line(out, "Content-Type", type);
        }
        if (!bodiless) {
            framing(out, options);
        } else if (method.equals("POST") || method.equals("PUT") || method.equals("PATCH")) {
            Headers.line(out, "Content-Length", "0");
        }
        return Headers.bytes(out.append("\r\n"));
    }

    /** In one line, as the standard has it: the client's and the jar's; or the request's own alone. */
    private @Nullable String cookies(@Nullable Target target, Headers common, @Nullable Headers own) {
        String ours = own == null ? null : own.get("Cookie");
        if (ours != null) {
            return ours;
        }
        String fixed = common.get("Cookie");
        CookieJar jar = cookies;
        String kept = jar == null || target == null ? null : jar.header(target.origin(), target.path());
        return fixed == null ? kept : kept == null ? fixed : fixed + "; " + kept;
    }

    private static void framing(StringBuilder out, Request.Options options) {
        if (options.continueNanos > 0) {
            Headers.line(out, "Expect", "100-continue");
        }
        byte[] body = options.body;
        if (body == null) {
            Headers.line(out, "Transfer-Encoding", "chunked");
        } else {
            Headers.line(out, "Content-Length", Integer.toString(body.length));
        }
    }
}
