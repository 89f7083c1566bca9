package io.vikhry.runtime.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.FastThreadLocal;

/**
 * The two buffers that all connections of a loop share, because each is empty again before the loop turns to the next one: bytes
 * that came in are parsed at once, and bytes to go out are as a rule taken by the kernel at once. So a parked VU holds none.
 */
final class LoopBuffers {
    private static final FastThreadLocal<LoopBuffers> OF_THREAD = new FastThreadLocal<>() {
        @Override
        protected LoopBuffers initialValue() {
            return new LoopBuffers();
        }

        @Override
        protected void onRemoval(LoopBuffers buffers) {
            buffers.out.release();
        }
    };
    private static final int OUT_BYTES = 32 * 1024;

    final byte[] in = new byte[64 * 1024];
    private ByteBuf out = Unpooled.directBuffer(OUT_BYTES, OUT_BYTES);

    private LoopBuffers() {}

    /** Those of the current thread, a loop's. */
    static LoopBuffers ofThread() {
        return OF_THREAD.get();
    }

    /** An empty buffer of {@value #OUT_BYTES} bytes, retained for the caller to write to a channel. */
    ByteBuf out() {
        if (out.refCnt() > 1) {
            // The kernel did not take all of an earlier request; the channel that still has it will release it.
            out.release();
            out = Unpooled.directBuffer(OUT_BYTES, OUT_BYTES);
        }
        return out.clear().retain();
    }
}
