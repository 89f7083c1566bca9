package io.vikhry.orchestrator.metrics;

import io.vikhry.cluster.IntervalBatch;
import io.vikhry.cluster.IntervalBatch.SeriesDelta;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * The histograms of one batch as pairs of bucket and count, read straight from HdrHistogram's V2 encoding, compressed or not. A
 * worker's second holds some hundred samples of a series: to build a histogram of ten thousand buckets for each, only to add it
 * to another, costs fifty times as much.
 *
 * <p>One object is filled again and again; for one thread.
 */
final class Unpacked {
    private static final int PLAIN = 0x1c849303 | 0x10;
    private static final int COMPRESSED = 0x1c849304 | 0x10;
    private static final int HEAD = 40;
    /** Every bucket with the longest count there is. */
    private static final int LONGEST = HEAD + 9 * Counts.BUCKETS;
    /** What is kept for the next batch, in pairs: that of a large one is given back. */
    private static final int KEPT = 1 << 18;

    private final Inflater inflater = new Inflater();
    private byte[] inflated = new byte[4096];
    private int[] buckets = new int[4096];
    private long[] counts = new long[4096];
    private int pairs;
    /** Where the pairs of each histogram begin and end; two a series, response and service. */
    private int[] from = new int[128];

    private int[] to = new int[128];
    private int histograms;

    /** Reads all series of a batch in place of what was here. */
    Unpacked read(IntervalBatch batch) {
        if (buckets.length > KEPT) {
            buckets = new int[4096];
            counts = new long[4096];
        }
        pairs = 0;
        histograms = 0;
        for (SeriesDelta delta : batch.series()) {
            read(delta.response());
            if (delta.service().length > 0) {
                read(delta.service());
            } else {
                note(from[histograms - 1]);
            }
        }
        return this;
    }

    /** Adds the response times of series number {@code series} of the batch to {@code sum}. */
    void addResponse(int series, Counts sum) {
        add(2 * series, sum);
    }

    /** Adds its service times. */
    void addService(int series, Counts sum) {
        add(2 * series + 1, sum);
    }

    private void add(int histogram, Counts sum) {
        for (int i = from[histogram]; i < to[histogram]; i++) {
            sum.add(buckets[i], counts[i]);
        }
    }

    private void note(int begin) {
        if (histograms == from.length) {
            from = Arrays.copyOf(from, 2 * histograms);
            to = Arrays.copyOf(to, 2 * histograms);
        }
        from[histograms] = begin;
        to[histograms] = pairs;
        histograms++;
    }

    private void read(byte[] encoded) {
        int begin = pairs;
        try {
            if (encoded.length > 0) {
                ByteBuffer in = ByteBuffer.wrap(encoded);
                int cookie = in.getInt();
                if (cookie == COMPRESSED) {
                    in = inflate(in);
                    cookie = in.getInt();
                }
                if (cookie != PLAIN) {
                    throw new IllegalArgumentException("a histogram that is none of HdrHistogram's V2 encoding");
                }
                unpack(in);
            }
        } catch (BufferUnderflowException | DataFormatException e) {
            throw new IllegalArgumentException("a histogram that cannot be read: " + e, e);
        }
        note(begin);
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

    private void unpack(ByteBuffer in) {
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
        int end = in.position() + length;
        int bucket = 0;
        while (in.position() < end) {
            long value = number(in);
            if (value < 0) {
                // As many empty buckets.
                bucket = (int) Math.min(Counts.BUCKETS, bucket - Math.max(value, -Counts.BUCKETS));
            } else {
                if (bucket >= Counts.BUCKETS) {
                    throw new IllegalArgumentException("a histogram with more buckets than there can be");
                }
                if (value > 0) {
                    note(bucket, value);
                }
                bucket++;
            }
        }
    }

    private void note(int bucket, long count) {
        if (pairs == buckets.length) {
            buckets = Arrays.copyOf(buckets, 2 * pairs);
            counts = Arrays.copyOf(counts, 2 * pairs);
        }
        buckets[pairs] = bucket;
        counts[pairs] = count;
        pairs++;
    }

    /** Zigzag LEB128 of 9 bytes at most, the ninth with all of its 8 bits. */
    private static long number(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; shift < 56; shift += 7) {
            byte part = in.get();
            value |= (long) (part & 0x7F) << shift;
            if (part >= 0) {
                return (value >>> 1) ^ -(value & 1);
            }
        }
        value |= (long) in.get() << 56;
        return (value >>> 1) ^ -(value & 1);
    }
}
