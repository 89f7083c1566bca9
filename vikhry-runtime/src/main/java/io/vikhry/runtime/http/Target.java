package io.vikhry.runtime.http;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/**
 * What a request asks for.
 *
 * @param origin where
 * @param path path and query as they go on the wire, from the first slash
 * @param name the path as the scenario wrote it, without its query: the default name of the series
 */
record Target(Origin origin, String path, String name) {
    private static final String HEX = "0123456789ABCDEF";

    /**
     * Joins {@code written} to a base, or takes it as it is if it is an absolute URL. A fragment is dropped; what may not stand
     * in a URL is percent-encoded, but a {@code %} stays.
     */
    static Target resolve(Origin base, String basePath, String written) {
        int fragment = written.indexOf('#');
        String rest = fragment < 0 ? written : written.substring(0, fragment);
        if (isAbsolute(rest)) {
            URI url = uri(escaped(rest, StandardCharsets.UTF_8));
            String path = url.getRawPath() == null || url.getRawPath().isEmpty() ? "/" : url.getRawPath();
            return new Target(Origin.of(url), path + query(url), path);
        }
        int query = rest.indexOf('?');
        String path = query < 0 ? rest : rest.substring(0, query);
        if (!path.startsWith("/")) {
            path = path.isEmpty() && !basePath.isEmpty() ? "" : "/" + path;
        }
        String whole = basePath + path + (query < 0 ? "" : rest.substring(query));
        return new Target(base, escaped(whole, StandardCharsets.UTF_8), path.isEmpty() ? "/" : path);
    }

    /** A {@code Location} header against the URL it answers; throws {@link IllegalArgumentException} for a useless one. */
    Target redirect(String location) {
        URI here = uri(origin + path);
        // The bytes are the server's, whatever characters it meant by them.
        String written = escaped(location, StandardCharsets.ISO_8859_1);
        URI there;
        if (written.isEmpty() || written.startsWith("?")) {
            // By RFC 3986; java.net.URI has an older rule, and would leave out the last part of the path.
            there = uri(origin + here.getRawPath() + (written.isEmpty() ? query(here) : written));
        } else {
            there = here.resolve(uri(written));
        }
        Origin to = Origin.of(there);
        String rawPath = there.getRawPath() == null || there.getRawPath().isEmpty() ? "/" : there.getRawPath();
        while (rawPath.startsWith("/../")) {
            rawPath = rawPath.substring(3);
        }
        return new Target(to, rawPath + query(there), name);
    }

    private static String query(URI url) {
        return url.getRawQuery() == null ? "" : "?" + url.getRawQuery();
    }

    /** This target with encoded query parameters appended. */
    Target withQuery(CharSequence encoded) {
        return new Target(origin, path + (path.indexOf('?') < 0 ? '?' : '&') + encoded, name);
    }

    String url() {
        return origin + path;
    }

    private static boolean isAbsolute(String s) {
        return s.regionMatches(true, 0, "http://", 0, 7) || s.regionMatches(true, 0, "https://", 0, 8);
    }

    private static URI uri(String s) {
        try {
            return new URI(s);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("'" + s + "' is not a URL: " + e.getReason(), e);
        }
    }

    private static String escaped(String s, Charset charset) {
        for (int i = 0; i < s.length(); i++) {
            if (!plain(s.charAt(i))) {
                return escape(s, charset);
            }
        }
        return s;
    }

    private static String escape(String s, Charset charset) {
        StringBuilder out = new StringBuilder(s.length() + 16);
        for (byte b : s.getBytes(charset)) {
            char c = (char) (b & 0xff);
            if (c < ' ' || c == 127) {
                throw new IllegalArgumentException(
                        "a path or URL must not contain control characters, such as line breaks");
            }
            if (c < 128 && plain(c)) {
                out.append(c);
            } else {
                percent(out, b);
            }
        }
        return out.toString();
    }

    private static boolean plain(char c) {
        return c > ' ' && c < 127 && "\"<>\\^`{|}".indexOf(c) < 0;
    }

    /** Appends {@code text} so that it is one name or value of a query or a form. */
    static void encode(StringBuilder out, String text) {
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            if (b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || "-._~".indexOf(b) >= 0) {
                out.append((char) b);
            } else {
                percent(out, b);
            }
        }
    }

    private static void percent(StringBuilder out, byte b) {
        out.append('%').append(HEX.charAt(b >> 4 & 15)).append(HEX.charAt(b & 15));
    }
}
