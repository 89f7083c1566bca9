package io.vikhry.runtime.http;

import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns heads of HTTP/1.1 into those of HTTP/2, and back: everything but the wire knows the former only. */
final class Http2Head {
    private static final int SLOTS = 8;

    private final @Nullable Known[] known = new Known[SLOTS];

    private record Known(byte[] head, Http2Headers headers) {}

    /** The headers of a request, of whose head the client has one array as long as it stays the same. */
    @SuppressWarnings("ReferenceEquality") // the same array: the point of remembering it
    Http2Headers request(byte[] head, Origin origin) {
        int slot = System.identityHashCode(head) & (SLOTS - 1);
        Known k = known[slot];
        if (k == null || k.head != head) {
            k = new Known(head, parse(head, origin));
            known[slot] = k;
        }
        return k.headers;
    }

    private static Http2Headers parse(byte[] head, Origin origin) {
        AsciiString all = new AsciiString(head, false);
        int end = all.indexOf("\r\n");
        int method = all.indexOf(" ");
        int path = all.indexOf(" ", method + 1);
        Http2Headers headers = new DefaultHttp2Headers(false)
                .method(all.subSequence(0, method))
                .path(all.subSequence(method + 1, path))
                .scheme(origin.tls() ? "https" : "http");
        for (int line = end + 2; line < head.length - 2; line = end + 2) {
            end = all.indexOf("\r\n", line);
            int colon = all.indexOf(":", line);
            AsciiString name = all.subSequence(line, colon).toLowerCase();
            AsciiString value = all.subSequence(colon + 2, end);
            switch (name.toString()) {
                case "host" -> headers.authority(value);
                // They are about an HTTP/1.1 connection and may not be sent.
                case "connection", "keep-alive", "proxy-connection", "upgrade", "transfer-encoding" -> {}
                case "te" -> {
                    if (value.toString().toLowerCase(Locale.ROOT).equals("trailers")) {
                        headers.add(name, value);
                    }
                }
                default -> headers.add(name, value);
            }
        }
        return headers;
    }

    /** The head of a response as HTTP/1.1 would have written it; null if a value would break out of its line. */
    static byte @Nullable [] response(int status, Http2Headers headers) {
        StringBuilder out =
                new StringBuilder(256).append("HTTP/2 ").append(status).append("\r\n");
        for (Map.Entry<CharSequence, CharSequence> header : headers) {
            CharSequence name = header.getKey();
            if (name.length() > 0 && name.charAt(0) == ':') {
                continue;
            }
            if (breaksOut(name) || breaksOut(header.getValue())) {
                return null;
            }
            Headers.line(out, name.toString(), header.getValue().toString());
        }
        return Headers.bytes(out.append("\r\n"));
    }

    private static boolean breaksOut(CharSequence text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\r' || c == '\n' || c == 0) {
                return true;
            }
        }
        return false;
    }
}
