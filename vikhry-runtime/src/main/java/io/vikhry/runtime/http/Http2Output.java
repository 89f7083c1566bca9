package io.vikhry.runtime.http;

import static io.vikhry.runtime.http.Http2Input.HEAD;

import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The frames of one connection to its server, and how much the server takes: a body waits here for the windows, and no more of
 * it goes to the wire than the system takes. Bodies of several streams take turns.
 */
final class Http2Output {
    /** How many acknowledgements wait at most for a server that asks for them and does not read. */
    private static final int UNREAD = 1_000;

    private static final int DEFAULT_WINDOW = 65_535;

    /** Of a body, at a time. */
    private static final int PIECE = 64 * 1024;

    /**
     * A head and a body of so many bytes together go out as one. A wire writes them as they are; of more it may keep a part back,
     * and then a frame of another stream would come between the parts.
     */
    private static final int WHOLE = 16 * 1024;

    private static final byte[] PREFACE = preface();

    private final Wire wire;
    private final ArrayDeque<Body> waiting = new ArrayDeque<>(1);
    private int window = DEFAULT_WINDOW;
    private int initialWindow = DEFAULT_WINDOW;
    private int maxFrame = Http2Input.MAX_FRAME;
    private boolean pumping;
    private boolean inFlight;
    private int unread;

    Http2Output(Wire wire) {
        this.wire = wire;
    }

    /** A request's body, or a part of it, on its way. */
    private static final class Body {
        final Http2Answer answer;
        final byte[] bytes;
        final boolean last;
        final Runnable sent;
        int from;

        Body(Http2Answer answer, byte[] bytes, boolean last, Runnable sent) {
            this.answer = answer;
            this.bytes = bytes;
            this.last = last;
            this.sent = sent;
        }

        int left() {
            return bytes.length - from;
        }
    }

    private static byte[] preface() {
        byte[] hello = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        int[] settings = {2, 0, 4, Http2Session.WINDOW, 6, ResponseParser.MAX_HEAD};
        byte[] all = new byte[hello.length + HEAD + 3 * settings.length + HEAD + 4];
        System.arraycopy(hello, 0, all, 0, hello.length);
        int at = frame(all, hello.length, 3 * settings.length, Http2Input.SETTINGS, 0, 0);
        for (int i = 0; i < settings.length; i += 2) {
            all[at + 1] = (byte) settings[i];
            number(all, at + 2, settings[i + 1]);
            at += 6;
        }
        number(all, frame(all, at, 4, Http2Input.WINDOW_UPDATE, 0, 0), Http2Session.WINDOW - DEFAULT_WINDOW);
        return all;
    }

    private static int frame(byte[] out, int at, int length, int type, int flags, int stream) {
        out[at] = (byte) (length >> 16);
        out[at + 1] = (byte) (length >> 8);
        out[at + 2] = (byte) length;
        out[at + 3] = (byte) type;
        out[at + 4] = (byte) flags;
        return number(out, at + 5, stream);
    }

    private static int number(byte[] out, int at, int n) {
        out[at] = (byte) (n >> 24);
        out[at + 1] = (byte) (n >> 16);
        out[at + 2] = (byte) (n >> 8);
        out[at + 3] = (byte) n;
        return at + 4;
    }

    private void send(byte[] frames) {
        wire.send(frames, null);
    }

    boolean isOpen() {
        return wire.isOpen();
    }

    boolean isDrained() {
        return wire.isDrained();
    }

    boolean isDirect() {
        return wire.isDirect();
    }

    void close() {
        wire.close();
    }

    // ---- frames of few bytes

    /** What a connection begins with. */
    void begin() {
        send(PREFACE);
    }

    void acknowledgeSettings() throws Http2Exception {
        byte[] frame = new byte[HEAD];
        frame(frame, 0, 0, Http2Input.SETTINGS, Http2Input.ACK, 0);
        acknowledge(frame);
    }

    void acknowledgePing(byte[] in, int from) throws Http2Exception {
        byte[] frame = new byte[HEAD + 8];
        System.arraycopy(in, from, frame, frame(frame, 0, 8, Http2Input.PING, Http2Input.ACK, 0), 8);
        acknowledge(frame);
    }

    private void acknowledge(byte[] frame) throws Http2Exception {
        unread = wire.isDrained() ? 0 : unread + 1;
        if (unread > UNREAD) {
            throw Http2Exception.connectionError(
                    Http2Error.ENHANCE_YOUR_CALM, "%d acknowledgements wait to be read", unread);
        }
        send(frame);
    }

    /** Lets the server send {@code more} on a stream, or on 0, the connection. */
    void open(int stream, int more) {
        send(withNumber(Http2Input.WINDOW_UPDATE, stream, more));
    }

    void reset(int stream, Http2Error why) {
        send(withNumber(Http2Input.RST_STREAM, stream, (int) why.code()));
    }

    private static byte[] withNumber(int type, int stream, int n) {
        byte[] frame = new byte[HEAD + 4];
        number(frame, frame(frame, 0, 4, type, 0, stream), n);
        return frame;
    }

    void goAway(Http2Error why) {
        byte[] frame = new byte[HEAD + 8];
        number(frame, frame(frame, 0, 8, Http2Input.GOAWAY, 0, 0) + 4, (int) why.code());
        send(frame);
    }

    // ---- requests

    /**
     * Sends a head, and with it {@code body} if there is a small one and the windows are open for all of it: {@link Http2Answer#requestSent}
     * says whether that was so.
     *
     * @return whether the system has taken all of it
     */
    boolean send(Http2Answer answer, byte[] block, boolean end, byte @Nullable [] body) {
        int stream = answer.stream;
        answer.sendWindow = initialWindow;
        boolean whole = body != null
                && waiting.isEmpty()
                && block.length + body.length <= WHOLE
                && body.length <= Math.min(window, initialWindow);
        int more = Math.max(0, block.length - 1) / maxFrame;
        byte[] out = new byte[(more + 1) * HEAD + block.length + (whole ? HEAD : 0)];
        int at = 0;
        for (int i = 0; i <= more; i++) {
            int n = Math.min(maxFrame, block.length - i * maxFrame);
            int flags = (i == more ? Http2Input.END_HEADERS : 0) | (i == 0 && end ? Http2Input.END_STREAM : 0);
            at = frame(out, at, n, i == 0 ? Http2Input.HEADERS : Http2Input.CONTINUATION, flags, stream);
            System.arraycopy(block, i * maxFrame, out, at, n);
            at += n;
        }
        if (whole && body != null) {
            frame(out, at, body.length, Http2Input.DATA, Http2Input.END_STREAM, stream);
            window -= body.length;
            answer.sendWindow -= body.length;
        }
        answer.requestSent = end || whole;
        return wire.send(out, whole ? body : null);
    }

    /** Sends a body, or a part of one, as fast as it is taken. */
    void send(Http2Answer answer, byte[] bytes, boolean last, Runnable sent) {
        waiting.addLast(new Body(answer, bytes, last, sent));
        pump();
    }

    /** Sends no more for this stream. */
    void forget(Http2Answer answer) {
        if (!waiting.isEmpty()) {
            waiting.removeIf(body -> body.answer == answer);
        }
    }

    private void pump() {
        if (pumping) {
            return;
        }
        pumping = true;
        int blocked = 0;
        while (!inFlight && blocked < waiting.size()) {
            Body body = waiting.removeFirst();
            int n = Math.min(Math.min(body.left(), PIECE), Math.max(0, Math.min(window, body.answer.sendWindow)));
            if (n == 0 && body.left() > 0) {
                waiting.addLast(body);
                blocked++;
            } else {
                blocked = 0;
                sendPiece(body, n);
            }
        }
        pumping = false;
    }

    private void sendPiece(Body body, int n) {
        byte[] piece = frames(body, n);
        window -= n;
        body.answer.sendWindow -= n;
        body.from += n;
        boolean whole = body.left() == 0;
        if (!whole) {
            waiting.addLast(body);
        } else if (body.last) {
            body.answer.requestSent = true;
        }
        inFlight = true;
        wire.sendPart(piece, () -> {
            inFlight = false;
            if (whole) {
                body.sent.run();
            }
            pump();
        });
    }

    /** The next {@code n} bytes, in frames. */
    private byte[] frames(Body body, int n) {
        int more = Math.max(0, n - 1) / maxFrame;
        byte[] out = new byte[(more + 1) * HEAD + n];
        int at = 0;
        for (int i = 0; i <= more; i++) {
            int size = Math.min(maxFrame, n - i * maxFrame);
            boolean end = body.last && i == more && n == body.left();
            at = frame(out, at, size, Http2Input.DATA, end ? Http2Input.END_STREAM : 0, body.answer.stream);
            System.arraycopy(body.bytes, body.from + i * maxFrame, out, at, size);
            at += size;
        }
        return out;
    }

    // ---- what the server takes

    void maxFrame(int bytes) {
        maxFrame = bytes;
    }

    /** What a stream may send at first; returns by how much that has changed. */
    int initialWindow(int bytes) {
        int change = bytes - initialWindow;
        initialWindow = bytes;
        return change;
    }

    /** The server takes {@code more} on all streams together; false if that is beyond all bounds. */
    boolean taken(int more) {
        window += more;
        pump();
        return window >= 0;
    }

    /** The server takes {@code more} on a stream; false if that is beyond all bounds. */
    boolean taken(Http2Answer answer, int more) {
        int before = answer.sendWindow;
        answer.sendWindow += more;
        pump();
        return more < 0 || before < 0 || answer.sendWindow >= 0;
    }
}
