package io.vikhry.runtime.http;

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

    /** Whether the request was sent whole. */
    boolean requestSent;

    /** Whether the server has ended the stream on both sides. */
    boolean wasReset;

    /** What the server still takes of the request, and may still send of the response, in bytes of DATA. */
    int sendWindow;

    int window = Http2Session.WINDOW;

    /** What was taken from the window and not told yet. */
    int taken;

    private final ResponseBody body = new ResponseBody();
    private Http2Head.@Nullable Answered head;
    private byte[] trailers = ResponseBody.NOTHING;
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
    void headers(Http2HeadReader heads, Http2Headers headers, boolean end) {
        received += FRAME_HEADER;
        if (head != null) {
            if (!end) {
                fail(Code.PROTOCOL, "trailers that do not end the stream");
            } else if (headers.status() != null) {
                fail(Code.PROTOCOL, "trailers with a :status");
            } else {
                trailers(headers);
            }
            return;
        }
        int code = code(headers.status());
        if (code < 100) {
            fail(Code.PROTOCOL, "the response has no valid :status");
        } else if (code < 200) {
            if (end) {
                fail(Code.PROTOCOL, "the stream ended with an interim head");
            } else if (++interim > ResponseParser.MAX_INTERIM) {
                fail(Code.PROTOCOL, "more than " + ResponseParser.MAX_INTERIM + " interim responses");
            } else if (code == 100 && exchange.heldUntilNanos != 0) {
                sendHeld();
            }
        } else {
            Http2Head.Answered whole = heads.answered(code, headers);
            if (whole == null) {
                fail(Code.PROTOCOL, "a header contains a line break, or content-length is no number");
                return;
            }
            status = code;
            head = whole;
            received += whole.head().length;
            Download download = exchange.download;
            if (download != null) {
                download.begin(code, whole.head(), whole.setsCookie(), whole.isEncoded());
            }
            if (end) {
                ended();
            }
        }
    }

    private void trailers(Http2Headers headers) {
        byte[] lines = Http2Head.lines(headers);
        if (lines == null) {
            fail(Code.PROTOCOL, "a trailer contains a line break");
            return;
        }
        trailers = lines;
        received += lines.length;
        ended();
    }

    /**
     * Bytes of the body. What is wrong with them, {@link #wrong} then says.
     *
     * @param all bytes of their frame, which the server may send anew when they are taken
     */
    void data(byte[] in, int from, int n, int all, boolean end) {
        received += FRAME_HEADER + all;
        Http2Head.Answered h = head;
        if (h == null) {
            fail(Code.PROTOCOL, "a body before a head");
        } else if (n > body.room()) {
            fail(Code.TOO_LARGE, body.tooLarge());
        } else {
            body.take(in, from, n, h.length());
            if (h.length() >= 0 && body.count() > h.length()) {
                fail(Code.PROTOCOL, "the body is longer than its Content-Length");
            } else if (end) {
                ended();
            } else {
                take(all);
            }
        }
    }

    private void take(int all) {
        Download download = exchange.download;
        if (download != null && download.isStopped()) {
            owed += all;
        } else {
            session.streams().credit(this, all);
        }
    }

    private void ended() {
        Http2Head.Answered h = head;
        // Some answers declare a body that does not come.
        boolean bodiless = exchange.toHead || status == 204 || status == 304;
        if (h != null && !bodiless && body.count() < h.length()) {
            fail(Code.PROTOCOL, "the body is shorter than its Content-Length");
        }
    }

    @Override
    public void hold() {
        // What comes from now on is owed.
    }

    @Override
    public void flow() {
        int bytes = owed;
        owed = 0;
        session.streams().credit(this, bytes);
    }

    /** Sends the body that was held back. */
    void sendHeld() {
        session.streams().sendHeld(this);
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
        Http2Head.Answered whole = head;
        if (whole == null) {
            exchange.fail(Code.PROTOCOL, "the stream ended without a response", null);
            return;
        }
        exchange.complete(
                status,
                received,
                ResponseHead.withTrailers(whole.head(), trailers),
                body.remove(),
                whole.setsCookie(),
                whole.isEncoded());
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
