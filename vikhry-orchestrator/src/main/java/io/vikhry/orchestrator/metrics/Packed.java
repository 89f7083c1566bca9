package io.vikhry.orchestrator.metrics;

import java.util.Arrays;

/** Counts at rest, in a small part of their size: from bucket to bucket the distance, and the count, in as few bytes as they need. */
final class Packed {
    /** No samples. */
    static final Packed NOTHING = new Packed(new byte[0]);

    private final byte[] bytes;

    private Packed(byte[] bytes) {
        this.bytes = bytes;
    }

    static Packed of(Counts counts) {
        Writer out = new Writer();
        counts.forEach(out);
        return out.length == 0 ? NOTHING : new Packed(Arrays.copyOf(out.bytes, out.length));
    }

    void addTo(Counts sum) {
        each(sum, 1);
    }

    void subtractFrom(Counts sum) {
        each(sum, -1);
    }

    private void each(Counts sum, int sign) {
        int at = 0;
        int bucket = 0;
        boolean distance = true;
        while (at < bytes.length) {
            long value = 0;
            int shift = 0;
            byte part;
            do {
                part = bytes[at++];
                value |= (long) (part & 0x7F) << shift;
                shift += 7;
            } while (part < 0);
            if (distance) {
                bucket += (int) value;
            } else {
                sum.add(bucket, sign * value);
            }
            distance = !distance;
        }
    }

    private static final class Writer implements Counts.Visitor {
        private byte[] bytes = new byte[256];
        private int length;
        private int last;

        @Override
        public void see(int bucket, long count) {
            number(bucket - last);
            number(count);
            last = bucket;
        }

        private void number(long value) {
            if (length + 10 > bytes.length) {
                bytes = Arrays.copyOf(bytes, 2 * bytes.length);
            }
            long rest = value;
            while ((rest & ~0x7FL) != 0) {
                bytes[length++] = (byte) (rest & 0x7F | 0x80);
                rest >>>= 7;
            }
            bytes[length++] = (byte) rest;
        }
    }
}
