package io.vikhry.runtime.http;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Headers;
import io.vikhry.api.HttpException.Code;
import org.jspecify.annotations.Nullable;

/** The response of one stream as it grows, and the exchange that waits for it. */
final class Http2Answer implements Carrier, Download.Tap {
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

    /** What the server sent but may not send anew, because it is not taken. */
    private int owed;

    Http2Answer(Http2Session session, int stream, Exchange exchange) {
        this.session = session;
        this.stream = stream;
        this.exchange = exchange;
        Download download = exchange.download;
        body.begin(exchange.keepBody, exchange.maxBody, download);
        if (download != null) {
            download.from(this);
        }
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
            } else if (code == 100 && exchange.heldUntilNanos != 0) {
                sendHeld();
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
            Download download = exchange.download;
            if (download != null) {
                download.begin(code, whole, setsCookie(whole), isEncoded(whole));
            }
        }
    }

    /** Bytes of the body; returns how many the server may send in place of them. */
    int data(ByteBuf data, int padding) {
        int n = data.readableBytes();
        int all = n + padding;
        received += FRAME_HEADER + n + padding;
        if (n > body.room()) {
            fail(Code.TOO_LARGE, body.tooLarge());
            return all;
        }
        byte[] in = session.buffers().in;
        while (data.isReadable()) {
            int piece = Math.min(in.length, data.readableBytes());
            data.readBytes(in, 0, piece);
            body.take(in, 0, piece, -1);
        }
        Download download = exchange.download;
        if (download != null && download.isStopped()) {
            owed += all;
            return 0;
        }
        return all;
    }

    @Override
    public void hold() {
        // What comes from now on is owed.
    }

    @Override
    public void flow() {
        int bytes = owed;
        owed = 0;
        session.credit(stream, bytes);
    }

    /** Sends the body that was held back. */
    void sendHeld() {
        session.sendHeld(this);
    }

    @Nullable Code wrong() {
        return wrong;
    }

    String reason() {
        return reason;
    }

    /** Whether the head came, interim ones apart. */
    boolean hasHead() {
        return head != null;
    }

    /** The stream has ended as it should. */
    void complete() {
        byte[] whole = head;
        if (whole == null) {
            exchange.fail(Code.PROTOCOL, "the stream ended without a response", null);
            return;
        }
        exchange.complete(status, received, whole, body.remove(), setsCookie(whole), isEncoded(whole));
    }

    private static boolean setsCookie(byte[] head) {
        return ResponseHead.first(head, "set-cookie").isPresent();
    }

    private static boolean isEncoded(byte[] head) {
        return ResponseHead.first(head, "content-encoding").isPresent();
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
