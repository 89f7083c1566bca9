package io.vikhry.cluster;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** Writes numbers, texts and bytes compactly, one after the other; a text that came before as a reference to it. */
final class WireWriter {
    private final ByteArrayOutputStream out;
    private final Map<String, Integer> texts = new HashMap<>();

    WireWriter(int expectedBytes) {
        this.out = new ByteArrayOutputStream(expectedBytes);
    }

    void raw(int value) {
        out.write(value);
    }

    /** A number of 0 or more, in as few bytes as it needs. */
    void number(long value) {
        if (value < 0) {
            throw new IllegalArgumentException("negative: " + value);
        }
        varint(value);
    }

    /** Any number; near 0 it is short. */
    void signed(long value) {
        varint((value << 1) ^ (value >> 63));
    }

    void text(String value) {
        Integer reference = texts.get(value);
        if (reference != null) {
            varint(reference);
            return;
        }
        texts.put(value, texts.size() + 1);
        varint(0);
        bytes(value.getBytes(StandardCharsets.UTF_8));
    }

    void bytes(byte[] value) {
        varint(value.length);
        out.writeBytes(value);
    }

    /** A number with a fraction, in 8 bytes. */
    void real(double value) {
        long bits = Double.doubleToLongBits(value);
        for (int shift = Long.SIZE - 8; shift >= 0; shift -= 8) {
            out.write((int) (bits >>> shift));
        }
    }

    byte[] toByteArray() {
        return out.toByteArray();
    }

    private void varint(long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            out.write((int) (rest & 0x7F | 0x80));
            rest >>>= 7;
        }
        out.write((int) rest);
    }
}
