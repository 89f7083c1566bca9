package io.vikhry.runtime.http;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Headers;
import io.vikhry.api.HttpException.Code;
import org.jspecify.annotations.Nullable;

/** The response of one stream as it grows, and the exchange that waits for it. */
final class Http2Answer implements Carrier {
    private static final int FRAME_HEADER = 9;

    private final Http2Session session;
    final int stream;
    final Exchange exchange;

    /** How often the connection had been read from when this was sent. */
    long readsBefore;

    private final ResponseBody body = new ResponseBody();
    private byte @Nullable [] head;
    private int status;
    private int interim;
    private long received;
    private @Nullable Code wrong;
    private String reason = "";

    Http2Answer(Http2Session session, int stream, Exchange exchange, int maxBody) {
        this.session = session;
        this.stream = stream;
        this.exchange = exchange;
        body.begin(exchange.keepBody, maxBody);
    }

    /** A block of headers: an interim head, the head, or trailers. What is wrong with it, {@link #wrong} then says. */
    void headers(Http2Headers headers) {
        received += FRAME_HEADER;
        if (head != null) {
            return;
        }
        int code = code(headers.status());
        if (code < 100) {
            fail(Code.PROTOCOL, "the response has no valid :status");
        } else if (code < 200) {
            if (++interim > ResponseParser.MAX_INTERIM) {
                fail(Code.PROTOCOL, "more than " + ResponseParser.MAX_INTERIM + " interim responses");
            }
        } else {
            byte[] whole = Http2Head.response(code, headers);
            if (whole == null) {
                fail(Code.PROTOCOL, "a header contains a line break");
                return;
            }
            status = code;
            head = whole;
            received += whole.length;
        }
    }

    /** Bytes of the body. */
    void data(ByteBuf data, int padding) {
        int n = data.readableBytes();
        received += FRAME_HEADER + n + padding;
        if (n > body.room()) {
            fail(Code.TOO_LARGE, body.tooLarge());
            return;
        }
        byte[] in = session.buffers().in;
        while (data.isReadable()) {
            int piece = Math.min(in.length, data.readableBytes());
            data.readBytes(in, 0, piece);
            body.take(in, 0, piece, -1);
        }
    }

    @Nullable Code wrong() {
        return wrong;
    }

    String reason() {
        return reason;
    }

    /** Whether nothing of the response came. */
    boolean isEmpty() {
        return received == 0;
    }

    /** The stream has ended as it should. */
    void complete() {
        byte[] whole = head;
        if (whole == null) {
            exchange.fail(Code.PROTOCOL, "the stream ended without a response", null);
            return;
        }
        exchange.complete(
                status,
                received,
                whole,
                body.remove(),
                ResponseHead.first(whole, "set-cookie").isPresent(),
                ResponseHead.first(whole, "content-encoding").isPresent());
    }

    @Override
    public long letGo(Exchange x) {
        session.cancel(this);
        return received;
    }

    private void fail(Code code, String why) {
        wrong = code;
        reason = why;
    }

    private static int code(@Nullable CharSequence status) {
        if (status == null || status.length() != 3) {
            return 0;
        }
        int code = 0;
        for (int i = 0; i < 3; i++) {
            char c = status.charAt(i);
            if (c < '0' || c > '9') {
                return 0;
            }
            code = code * 10 + c - '0';
        }
        return code;
    }
}
