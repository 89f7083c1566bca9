package io.vikhry.runtime.http;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Unpacks the heads of one connection's responses. A block that is like the one before is not unpacked: a server that is asked the
 * same again and again says the same until its date moves on.
 *
 * <p>What such a block would have added to the table of the compression is owed, and added before a different one is read.
 */
final class Http2HeadReader {
    /** Bytes in the table of the compression, to which neither side asks for a change. */
    static final int TABLE = 4_096;

    /** An entry has 32 bytes and its text: after so many insertions nothing older is left. */
    private static final int ENTRIES = TABLE / 32;

    /** Larger blocks are read each time. */
    private static final int MOST = 4_096;

    private final DefaultHttp2HeadersDecoder unpacker = new DefaultHttp2HeadersDecoder(true, ResponseParser.MAX_HEAD);
    private byte @Nullable [] block;
    private @Nullable Http2Headers headers;
    /** What the block does to the table; known from its first repetition on. */
    private int insertions;

    private boolean examined;
    private int owed;
    private Http2Head.@Nullable Answered answered;

    /** The headers in the {@code n} bytes at {@code from}; the same object where they have not changed. */
    Http2Headers read(int stream, byte[] in, int from, int n) throws Http2Exception {
        byte[] before = block;
        Http2Headers known = headers;
        if (before != null && known != null) {
            if (Arrays.equals(before, 0, before.length, in, from, from + n)) {
                if (!examined) {
                    examined = true;
                    insertions = Http2Block.insertions(before);
                }
                if (insertions != Http2Block.CHANGES) {
                    owed = Math.min(owed + insertions, ENTRIES);
                    return known;
                }
            }
            pay(stream, before);
        }
        block = null;
        headers = unpacker.decodeHeaders(stream, Unpooled.wrappedBuffer(in, from, n));
        block = n <= MOST ? Arrays.copyOfRange(in, from, from + n) : null;
        examined = false;
        return headers;
    }

    /** The head of a response, made once for as long as it stays the same; null if a value would break out of its line. */
    @SuppressWarnings("ReferenceEquality") // as read() promises
    Http2Head.@Nullable Answered answered(int status, Http2Headers headers) {
        Http2Head.Answered before = answered;
        if (before == null || before.headers() != headers) {
            before = Http2Head.response(status, headers);
            answered = before;
        }
        return before;
    }

    private void pay(int stream, byte[] before) throws Http2Exception {
        for (; owed > 0; owed -= insertions) {
            unpacker.decodeHeaders(stream, Unpooled.wrappedBuffer(before));
        }
        owed = 0;
    }
}
