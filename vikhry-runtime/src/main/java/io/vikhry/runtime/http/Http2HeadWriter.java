package io.vikhry.runtime.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import org.jspecify.annotations.Nullable;

/**
 * Packs the heads of one connection's requests. One that was packed before is there already, once all of it is in the table of the
 * compression, and until something is added to that.
 */
final class Http2HeadWriter {
    private static final int SLOTS = 8;

    private final Origin origin;
    private final DefaultHttp2HeadersEncoder packer = new DefaultHttp2HeadersEncoder();
    private final @Nullable Known[] known = new Known[SLOTS];

    private static final class Known {
        final byte[] head;
        final Http2Headers headers;
        byte @Nullable [] block;

        Known(byte[] head, Http2Headers headers) {
            this.head = head;
            this.headers = headers;
        }
    }

    Http2HeadWriter(Origin origin) {
        this.origin = origin;
    }

    /** The block of a request, of whose head the client has one array as long as it stays the same. */
    @SuppressWarnings("ReferenceEquality") // the same array: the point of remembering it
    byte[] block(int stream, byte[] head) throws Http2Exception {
        int slot = System.identityHashCode(head) & (SLOTS - 1);
        Known k = known[slot];
        if (k == null || k.head != head) {
            k = new Known(head, Http2Head.request(head, origin));
            known[slot] = k;
        }
        byte[] block = k.block;
        if (block == null) {
            ByteBuf out = Unpooled.buffer(head.length);
            packer.encodeHeaders(stream, k.headers, out);
            block = ByteBufUtil.getBytes(out);
            if (Http2Block.insertions(block) == 0) {
                k.block = block;
            } else {
                forgetBlocks();
            }
        }
        return block;
    }

    /** The server's table has {@code most} bytes; we use no more than it has as a rule. */
    void tableSize(long most) throws Http2Exception {
        forgetBlocks();
        packer.maxHeaderTableSize(Math.min(most, Http2HeadReader.TABLE));
    }

    /** The server takes no heads that unpack to more bytes. */
    void maxHead(long bytes) throws Http2Exception {
        forgetBlocks();
        packer.maxHeaderListSize(bytes);
    }

    private void forgetBlocks() {
        for (Known k : known) {
            if (k != null) {
                k.block = null;
            }
        }
    }
}
