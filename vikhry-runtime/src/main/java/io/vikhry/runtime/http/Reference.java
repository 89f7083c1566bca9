package io.vikhry.runtime.http;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A URL, or a part of one that is read against another (RFC 3986). It asks no more of a path and a query than servers and browsers
 * do, which send and follow {@code /items[0]} and {@code ?share=100%}; {@link java.net.URI} refuses both.
 *
 * @param scheme null if there is none; so too the others
 * @param query without its question mark
 */
record Reference(
        @Nullable String scheme,
        @Nullable String authority,
        String path,
        @Nullable String query) {
    private static final Pattern PARTS =
            Pattern.compile("(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?://([^/?#]*))?([^?#]*)(?:\\?([^#]*))?(?:#.*)?");

    /** Any text is one. Its fragment is dropped. */
    static Reference of(String text) {
        Matcher parts = PARTS.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException("'" + text + "' is not a URL");
        }
        return new Reference(parts.group(1), parts.group(2), parts.group(3), parts.group(4));
    }

    /** What {@code other} means where this is the URL that it was found at. */
    Reference resolve(Reference other) {
        if (other.scheme != null) {
            return new Reference(other.scheme, other.authority, withoutDots(other.path), other.query);
        }
        if (other.authority != null) {
            return new Reference(scheme, other.authority, withoutDots(other.path), other.query);
        }
        if (other.path.isEmpty()) {
            return new Reference(scheme, authority, path, other.query == null ? query : other.query);
        }
        String whole =
                other.path.startsWith("/") ? other.path : path.substring(0, path.lastIndexOf('/') + 1) + other.path;
        return new Reference(scheme, authority, withoutDots(whole), other.query);
    }

    /** Path and query as a request has them. */
    String target() {
        return (path.isEmpty() ? "/" : path) + (query == null ? "" : "?" + query);
    }

    private static String withoutDots(String path) {
        if (!path.contains("/.") && !path.startsWith(".")) {
            return path;
        }
        Deque<String> kept = new ArrayDeque<>();
        String[] segments = path.split("/", -1);
        for (int i = path.startsWith("/") ? 1 : 0; i < segments.length; i++) {
            boolean up = segments[i].equals("..");
            boolean last = i == segments.length - 1;
            if (up) {
                kept.pollLast();
            } else if (!segments[i].equals(".")) {
                kept.addLast(segments[i]);
                continue;
            }
            if (last) {
                kept.addLast("");
            }
        }
        return "/" + String.join("/", kept);
    }

    /** A text with its percent-encoded characters as they are, in UTF-8; a {@code %} that encodes none stays. */
    static String decoded(String text) {
        if (text.indexOf('%') < 0) {
            return text;
        }
        byte[] in = text.getBytes(StandardCharsets.UTF_8);
        byte[] out = new byte[in.length];
        int n = 0;
        for (int i = 0; i < in.length; i++) {
            int high = in[i] == '%' && i + 2 < in.length ? Character.digit(in[i + 1], 16) : -1;
            int low = high < 0 ? -1 : Character.digit(in[i + 2], 16);
            if (low < 0) {
                out[n++] = in[i];
            } else {
                out[n++] = (byte) (high << 4 | low);
                i += 2;
            }
        }
        return new String(out, 0, n, StandardCharsets.UTF_8);
    }
}
