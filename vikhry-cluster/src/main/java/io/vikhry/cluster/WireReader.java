package io.vikhry.cluster;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Reads what {@link WireWriter} wrote, trusting nothing: each length is held against what is left before it is used. */
final class WireReader {
    /** What stands for bytes that are no UTF-8, or for itself. */
    private static final char REPLACEMENT = '\uFFFD';

    private final byte[] bytes;
    private final List<String> texts = new ArrayList<>();
    private int position;

    WireReader(byte[] bytes) {
        this.bytes = bytes;
    }

    int remaining() {
        return bytes.length - position;
    }

    int raw() {
        if (position == bytes.length) {
            throw new MalformedBatchException("it ends at byte " + position);
        }
        return bytes[position++] & 0xFF;
    }

    long number(String what) {
        long value = varint(what);
        if (value < 0) {
            throw new MalformedBatchException(what + " is out of range");
        }
        return value;
    }

    long signed(String what) {
        long value = varint(what);
        return (value >>> 1) ^ -(value & 1);
    }

    int atMost(String what, int limit) {
        long value = number(what);
        if (value > limit) {
            throw new MalformedBatchException(what + " is " + value + ": " + limit + " is the most");
        }
        return (int) value;
    }

    String text(String what, int limit) {
        int reference = atMost(what, texts.size());
        if (reference > 0) {
            return texts.get(reference - 1);
        }
        int length = length(what, limit);
        String text = new String(bytes, position, length, StandardCharsets.UTF_8);
        if (text.indexOf(REPLACEMENT) >= 0) {
            requireUtf8(what, length);
        }
        position += length;
        texts.add(text);
        return text;
    }

    private void requireUtf8(String what, int length) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, position, length));
        } catch (CharacterCodingException e) {
            throw new MalformedBatchException(what + " is no UTF-8");
        }
    }

    byte[] bytes(String what, int limit) {
        int length = length(what, limit);
        byte[] value = Arrays.copyOfRange(bytes, position, position + length);
        position += length;
        return value;
    }

    private int length(String what, int limit) {
        long length = number(what);
        if (length > limit) {
            throw new MalformedBatchException("length of " + what + " is " + length + ": " + limit + " is the most");
        }
        if (length > remaining()) {
            throw new MalformedBatchException(what + " of " + length + " bytes: only " + remaining() + " are left");
        }
        return (int) length;
    }

    /** A finite number. */
    double real(String what) {
        long bits = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            bits = bits << 8 | raw();
        }
        double value = Double.longBitsToDouble(bits);
        if (!Double.isFinite(value)) {
            throw new MalformedBatchException(what + " is " + value);
        }
        return value;
    }

    private long varint(String what) {
        if (position < bytes.length && bytes[position] >= 0) {
            return bytes[position++];
        }
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            int part = raw();
            if (shift == 63 && part > 1) {
                break;
            }
            value |= (long) (part & 0x7F) << shift;
            if (part < 0x80) {
                return value;
            }
        }
        throw new MalformedBatchException(what + " is longer than a number can be");
    }
}
