package io.vikhry.orchestrator.metrics;

import io.vikhry.cluster.IntervalBatch;
import io.vikhry.cluster.IntervalBatch.SeriesDelta;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * Adds histograms to counts straight from HdrHistogram's V2 encoding, compressed or not. A worker's second holds some hundred
 * samples of a series: to build a histogram of ten thousand buckets for each, only to add it to another, costs fifty times as
 * much.
 *
 * <p>For one thread.
 */
final class EncodedCounts {
    private static final int PLAIN = 0x1c849303 | 0x10;
    private static final int COMPRESSED = 0x1c849304 | 0x10;
    private static final int HEAD = 40;
    /** Every bucket with the longest count there is. */
    private static final int LONGEST = HEAD + 9 * Counts.BUCKETS;

    private final Inflater inflater = new Inflater();
    private byte[] inflated = new byte[4096];

    /**
     * Reads all histograms of a batch, so that it can be added whole or not at all.
     *
     * @throws IllegalArgumentException if one cannot be read
     */
    void check(IntervalBatch batch) {
        for (SeriesDelta delta : batch.series()) {
            read(delta.response(), null);
            read(delta.service(), null);
        }
    }

    /** Adds the histogram of {@code encoded}, which was {@linkplain #check checked}; nothing, if it is empty. */
    void add(byte[] encoded, Counts sum) {
        read(encoded, sum);
    }

    private void read(byte[] encoded, @Nullable Counts sum) {
        if (encoded.length == 0) {
            return;
        }
        try {
            ByteBuffer in = ByteBuffer.wrap(encoded);
            int cookie = in.getInt();
            if (cookie == COMPRESSED) {
                in = inflate(in);
                cookie = in.getInt();
            }
            if (cookie != PLAIN) {
                throw new IllegalArgumentException("a histogram that is none of HdrHistogram's V2 encoding");
            }
            int length = payload(in);
            buckets(in.array(), in.position(), in.position() + length, sum);
        } catch (BufferUnderflowException | DataFormatException e) {
            throw new IllegalArgumentException("a histogram that cannot be read: " + e, e);
        }
    }

    private ByteBuffer inflate(ByteBuffer in) throws DataFormatException {
        int length = in.getInt();
        if (length < 0 || length > in.remaining()) {
            throw new IllegalArgumentException("a histogram of " + length + " bytes: there are " + in.remaining());
        }
        inflater.reset();
        inflater.setInput(in.array(), in.position(), length);
        int size = 0;
        while (!inflater.finished()) {
            if (size == inflated.length) {
                if (size > LONGEST) {
                    throw new IllegalArgumentException("a histogram longer than one can be");
                }
                inflated = Arrays.copyOf(inflated, 2 * size);
            }
            int more = inflater.inflate(inflated, size, inflated.length - size);
            if (more == 0 && (inflater.needsInput() || inflater.needsDictionary())) {
                throw new IllegalArgumentException("a histogram that ends too early");
            }
            size += more;
        }
        return ByteBuffer.wrap(inflated, 0, size);
    }

    /** Reads what stands before the buckets; how many bytes they have. */
    private static int payload(ByteBuffer in) {
        int length = in.getInt();
        int shift = in.getInt();
        int digits = in.getInt();
        long lowest = in.getLong();
        in.getLong(); // the highest trackable value: of no meaning to counts
        in.getDouble();
        if (digits != Counts.DIGITS) {
            throw new IllegalArgumentException("a histogram of " + digits + " digits instead of " + Counts.DIGITS);
        }
        if (lowest != 1 || shift != 0) {
            throw new IllegalArgumentException("a histogram whose buckets do not begin at 1 µs");
        }
        if (length < 0 || length > in.remaining()) {
            throw new IllegalArgumentException("a histogram of " + length + " bytes: there are " + in.remaining());
        }
        return length;
    }

    /**
     * Reads counts, and how many empty buckets lie between them, from {@code at} to {@code end}: zigzag LEB128 of 9 bytes at most,
     * the ninth with all of its 8 bits. Nearly all take one byte, so that is what it tries first. This is the one loop that ten
     * million numbers a second go through.
     */
    private static void buckets(byte[] in, int at, int end, @Nullable Counts sum) {
        int bucket = 0;
        long total = 0;
        int pageNumber = -1;
        long[] page = Counts.NO_PAGE;
        int next = at;
        while (next < end) {
            long value = in[next++];
            if (value < 0) {
                value &= 0x7F;
                int shift = 7;
                long part = -1;
                while (part < 0 && shift <= 56) {
                    if (next == end) {
                        throw new IllegalArgumentException("a histogram that ends within a number");
                    }
                    part = in[next++];
                    value |= (shift < 56 ? part & 0x7F : part) << shift;
                    shift += 7;
                }
            }
            value = (value >>> 1) ^ -(value & 1);
            if (value < 0) {
                // As many empty buckets.
                bucket = (int) Math.min(Counts.BUCKETS, bucket - Math.max(value, -Counts.BUCKETS));
                continue;
            }
            if (bucket >= Counts.BUCKETS) {
                throw new IllegalArgumentException("a histogram with more buckets than there can be");
            }
            if (value > 0 && sum != null) {
                if (bucket >>> Counts.PAGE_BITS != pageNumber) {
                    pageNumber = bucket >>> Counts.PAGE_BITS;
                    page = sum.page(pageNumber);
                }
                page[bucket & (Counts.PAGE - 1)] += value;
                total += value;
            }
            bucket++;
        }
        if (sum != null) {
            sum.grown(total);
        }
    }
}
