package io.vikhry.runtime.http;

import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Cuts what a server sends into frames (RFC 9113), and passes those on whose form is right. A frame that has come whole,
 * as nearly all do, is read where it lies.
 */
final class Http2Input {
    /** Of all frames: length, type, flags, stream. */
    static final int HEAD = 9;

    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int PRIORITY = 2;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PUSH_PROMISE = 5;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;

    static final int END_STREAM = 1;
    static final int ACK = 1;
    static final int END_HEADERS = 4;
    private static final int PADDED = 8;
    private static final int PRIORITIZED = 32;

    /** What a frame may have beyond its head: we allow no more than everybody must take. */
    static final int MAX_FRAME = 16_384;

    /** Frames that one head may take after its first. */
    private static final int MAX_CONTINUATIONS = 16;

    private final Http2Peer peer;
    private boolean begun;
    // The frame that has come in part.
    private byte[] part = ResponseBody.NOTHING;
    private int parted;
    // The head that has come in part.
    private byte[] block = ResponseBody.NOTHING;
    private int blockLength;
    private int blockStream;
    private boolean blockEnds;
    private int continuations;

    Http2Input(Http2Peer peer) {
        this.peer = peer;
    }

    /** Takes the first {@code n} bytes. */
    void feed(byte[] in, int n) throws Http2Exception {
        int at = parted == 0 ? 0 : complete(in, n);
        while (n - at >= HEAD && peer.isHeard()) {
            int whole = HEAD + length(in, at);
            if (n - at < whole) {
                break;
            }
            frame(in, at, whole);
            at += whole;
        }
        if (at < n && peer.isHeard()) {
            keep(in, at, n - at);
        }
    }

    /** Completes the frame that came in part; returns how many bytes that took. */
    private int complete(byte[] in, int n) throws Http2Exception {
        int at = 0;
        while (at < n) {
            int wanted = parted < HEAD ? HEAD : HEAD + length(part, 0);
            int piece = Math.min(wanted - parted, n - at);
            keep(in, at, piece);
            at += piece;
            if (parted >= HEAD && parted == HEAD + length(part, 0)) {
                byte[] whole = part;
                int length = parted;
                part = ResponseBody.NOTHING;
                parted = 0;
                frame(whole, 0, length);
                return at;
            }
        }
        return at;
    }

    private void keep(byte[] in, int at, int n) {
        if (part.length < parted + n) {
            part = Arrays.copyOf(part, Math.max(parted + n, Math.min(2 * part.length, HEAD + MAX_FRAME)));
        }
        System.arraycopy(in, at, part, parted, n);
        parted += n;
    }

    private static int length(byte[] in, int at) throws Http2Exception {
        int length = (in[at] & 0xff) << 16 | (in[at + 1] & 0xff) << 8 | in[at + 2] & 0xff;
        if (length > MAX_FRAME) {
            throw Http2Exception.connectionError(
                    Http2Error.FRAME_SIZE_ERROR, "a frame of %d bytes, where %d are allowed", length, MAX_FRAME);
        }
        return length;
    }

    static int number(byte[] in, int at) {
        return in[at] << 24 | (in[at + 1] & 0xff) << 16 | (in[at + 2] & 0xff) << 8 | in[at + 3] & 0xff;
    }

    private void frame(byte[] in, int at, int whole) throws Http2Exception {
        try {
            frame(in, at + HEAD, at + whole, in[at + 3] & 0xff, in[at + 4] & 0xff, number(in, at + 5) & 0x7fffffff);
        } catch (Http2Exception.StreamException e) {
            peer.streamFailed(e);
        }
    }

    private void frame(byte[] in, int from, int to, int type, int flags, int stream) throws Http2Exception {
        if (!begun) {
            check(type == SETTINGS && (flags & ACK) == 0, "the first frame is no SETTINGS");
            begun = true;
        }
        check(
                blockStream == 0 ? type != CONTINUATION : type == CONTINUATION && stream == blockStream,
                "a head is not followed by the rest of it, or is the rest of none");
        switch (type) {
            case DATA -> data(in, from, to, flags, stream);
            case HEADERS -> headers(in, from, to, flags, stream);
            case PRIORITY -> {
                onStream(stream);
                size(to - from == 5, type);
                independent(in, from, stream);
            }
            case RST_STREAM -> {
                onStream(stream);
                size(to - from == 4, type);
                peer.reset(stream, number(in, from) & 0xffffffffL);
            }
            case SETTINGS -> {
                check(stream == 0, "SETTINGS on a stream");
                size((flags & ACK) == 0 ? (to - from) % 6 == 0 : to == from, type);
                if ((flags & ACK) == 0) {
                    peer.settings(in, from, to);
                }
            }
            case PUSH_PROMISE -> check(false, "a push, which was forbidden");
            case PING -> {
                check(stream == 0, "PING on a stream");
                size(to - from == 8, type);
                if ((flags & ACK) == 0) {
                    peer.ping(in, from);
                }
            }
            case GOAWAY -> {
                check(stream == 0, "GOAWAY on a stream");
                size(to - from >= 8, type);
                peer.goAway(
                        number(in, from) & 0x7fffffff,
                        number(in, from + 4) & 0xffffffffL,
                        new String(in, from + 8, to - from - 8, StandardCharsets.US_ASCII));
            }
            case WINDOW_UPDATE -> {
                size(to - from == 4, type);
                peer.opened(stream, number(in, from) & 0x7fffffff);
            }
            case CONTINUATION -> continuation(in, from, to, flags);
            default -> {
                // Extensions are to be passed over.
            }
        }
    }

    private void data(byte[] in, int from, int to, int flags, int stream) throws Http2Exception {
        onStream(stream);
        int start = from + ((flags & PADDED) == 0 ? 0 : 1);
        int end = unpadded(in, from, to, start, flags);
        peer.data(stream, in, start, end - start, to - from, (flags & END_STREAM) != 0);
    }

    private void headers(byte[] in, int from, int to, int flags, int stream) throws Http2Exception {
        onStream(stream);
        int start = from + ((flags & PADDED) == 0 ? 0 : 1);
        if ((flags & PRIORITIZED) != 0) {
            size(to - start >= 5, HEADERS);
            independent(in, start, stream);
            start += 5;
        }
        int end = unpadded(in, from, to, start, flags);
        boolean ends = (flags & END_STREAM) != 0;
        if ((flags & END_HEADERS) != 0) {
            peer.headers(stream, in, start, end - start, ends);
        } else {
            blockStream = stream;
            blockEnds = ends;
            blockLength = 0;
            continuations = 0;
            gather(in, start, end - start);
        }
    }

    private void continuation(byte[] in, int from, int to, int flags) throws Http2Exception {
        continuations++;
        check(continuations <= MAX_CONTINUATIONS, "a head in more than " + MAX_CONTINUATIONS + " pieces");
        gather(in, from, to - from);
        if ((flags & END_HEADERS) != 0) {
            byte[] whole = block;
            int stream = blockStream;
            block = ResponseBody.NOTHING;
            blockStream = 0;
            peer.headers(stream, whole, 0, blockLength, blockEnds);
        }
    }

    private void gather(byte[] in, int from, int n) {
        if (block.length < blockLength + n) {
            block = Arrays.copyOf(block, Math.max(blockLength + n, 2 * block.length));
        }
        System.arraycopy(in, from, block, blockLength, n);
        blockLength += n;
    }

    /** Where the content of a frame ends that may be padded. */
    private static int unpadded(byte[] in, int from, int to, int start, int flags) throws Http2Exception {
        int padding = 0;
        if ((flags & PADDED) != 0) {
            check(to > from, "no room for the length of the padding");
            padding = in[from] & 0xff;
        }
        check(padding <= to - start, "more padding than frame");
        return to - padding;
    }

    private static void independent(byte[] in, int at, int stream) throws Http2Exception {
        if ((number(in, at) & 0x7fffffff) == stream) {
            throw Http2Exception.streamError(stream, Http2Error.PROTOCOL_ERROR, "a stream that depends on itself");
        }
    }

    private static void onStream(int stream) throws Http2Exception {
        check(stream != 0, "a frame that belongs to a stream, on none");
    }

    private static void size(boolean right, int type) throws Http2Exception {
        if (!right) {
            throw Http2Exception.connectionError(
                    Http2Error.FRAME_SIZE_ERROR, "a frame of type %d has a wrong size", type);
        }
    }

    static void check(boolean right, String wrong) throws Http2Exception {
        if (!right) {
            throw Http2Exception.connectionError(Http2Error.PROTOCOL_ERROR, "%s", wrong);
        }
    }
}
