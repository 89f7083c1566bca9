package io.vikhry.runtime.http;

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
            Reference url = Reference.of(escaped(rest, StandardCharsets.UTF_8));
            return new Target(Origin.of(url, written), url.target(), url.path().isEmpty() ? "/" : url.path());
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
        // The bytes are the server's, whatever characters it meant by them.
        String written = escaped(location, StandardCharsets.ISO_8859_1);
        Reference there = Reference.of(url()).resolve(Reference.of(written));
        return new Target(Origin.of(there, written), there.target(), name);
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
