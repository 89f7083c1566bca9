package io.vikhry.runtime.http;

import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns heads of HTTP/1.1 into those of HTTP/2, and back: everything but the wire knows the former only. */
final class Http2Head {
    private static final AsciiString SET_COOKIE = AsciiString.cached("set-cookie");
    private static final AsciiString CONTENT_ENCODING = AsciiString.cached("content-encoding");
    private static final AsciiString CONTENT_LENGTH = AsciiString.cached("content-length");
    private static final long WRONG = -2;

    private Http2Head() {}

    /**
     * The head of a response.
     *
     * @param head as HTTP/1.1 would have written it
     * @param length of the body as it was declared; -1 if it was not
     */
    record Answered(Http2Headers headers, byte[] head, boolean setsCookie, boolean isEncoded, long length) {}

    /** The headers of a request. */
    static Http2Headers request(byte[] head, Origin origin) {
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

    /** The head of a response; null if a value would break out of its line, or the length is none. */
    static @Nullable Answered response(int status, Http2Headers headers) {
        byte[] head = written(status, headers);
        long length = length(headers.get(CONTENT_LENGTH));
        return head == null || length == WRONG
                ? null
                : new Answered(headers, head, headers.contains(SET_COOKIE), headers.contains(CONTENT_ENCODING), length);
    }

    private static long length(@Nullable CharSequence declared) {
        if (declared == null) {
            return -1;
        }
        long length = 0;
        for (int i = 0; i < declared.length(); i++) {
            char c = declared.charAt(i);
            if (c < '0' || c > '9' || i == 18) {
                return WRONG;
            }
            length = length * 10 + c - '0';
        }
        return declared.length() == 0 ? WRONG : length;
    }

    /** The head as HTTP/1.1 would have written it. */
    private static byte @Nullable [] written(int status, Http2Headers headers) {
        StringBuilder out =
                new StringBuilder(256).append("HTTP/2 ").append(status).append("\r\n");
        return write(headers, out) ? Headers.bytes(out.append("\r\n")) : null;
    }

    /** Headers as lines of HTTP/1.1; null if one would break out of its line. */
    static byte @Nullable [] lines(Http2Headers headers) {
        StringBuilder out = new StringBuilder(64);
        return write(headers, out) ? Headers.bytes(out) : null;
    }

    /** False if one would break out of its line. */
    private static boolean write(Http2Headers headers, StringBuilder out) {
        for (Map.Entry<CharSequence, CharSequence> header : headers) {
            CharSequence name = header.getKey();
            if (name.length() > 0 && name.charAt(0) == ':') {
                continue;
            }
            if (breaksOut(name) || breaksOut(header.getValue())) {
                return false;
            }
            Headers.line(out, name.toString(), header.getValue().toString());
        }
        return true;
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
