package io.vikhry.runtime.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.unix.Buffer;
import io.netty.util.concurrent.FastThreadLocal;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The buffers that all connections of a loop share, because each is empty again before the loop turns to the next one: bytes
 * that came in are parsed at once, and bytes to go out are as a rule taken by the kernel at once. So a parked VU holds none, and
 * a request allocates none. Where somebody still holds a shared buffer, another is taken in its place.
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
            buffers.received.release();
        }
    };
    private static final int OUT_BYTES = 32 * 1024;
    private static final int IN_BYTES = 64 * 1024;

    /** For heap copies of what came in: the parser works on arrays. */
    final byte[] in = new byte[IN_BYTES];

    private ByteBuf out = Unpooled.directBuffer(OUT_BYTES, OUT_BYTES);
    private @Nullable Raw raw;
    private final KnownHeads heads = new KnownHeads();
    private final ByteBuf received = Unpooled.directBuffer(IN_BYTES, IN_BYTES);

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

    /** For the parsers of its connections. */
    KnownHeads heads() {
        return heads;
    }

    /** For sockets that are used without a channel. */
    Raw raw() {
        Raw known = raw;
        if (known == null) {
            known = new Raw(in);
            raw = known;
        }
        return known;
    }

    /** Memory that the system reads and writes, by its address: what is to go out or has come in, for one call only. */
    static final class Raw {
        static final int BYTES = IN_BYTES;

        private final ByteBuffer memory = ByteBuffer.allocateDirect(BYTES);
        private final long address = Buffer.memoryAddress(memory);
        private final byte[] in;

        private Raw(byte[] in) {
            this.in = in;
        }

        long address() {
            return address;
        }

        void put(int at, byte[] bytes, int from, int n) {
            memory.put(at, bytes, from, n);
        }

        /** The first {@code n} bytes, in an array that all connections of the loop share. */
        byte[] take(int n) {
            memory.get(0, in, 0, n);
            return in;
        }
    }

    /** Makes a channel read into the loop's buffer; for pipelines whose handlers keep nothing of what they read. */
    static final class Receiving extends DefaultMaxMessagesRecvByteBufAllocator {
        static final RecvByteBufAllocator SHARED = new Receiving();

        @Override
        @SuppressWarnings("deprecation") // the declared type of the method that is overridden
        public Handle newHandle() {
            LoopBuffers buffers = ofThread();
            return new MaxMessageHandle() {
                @Override
                public ByteBuf allocate(ByteBufAllocator otherwise) {
                    ByteBuf received = buffers.received;
                    return received.refCnt() == 1 ? received.clear().retain() : otherwise.directBuffer(IN_BYTES);
                }

                @Override
                public int guess() {
                    return IN_BYTES;
                }
            };
        }
    }
}
