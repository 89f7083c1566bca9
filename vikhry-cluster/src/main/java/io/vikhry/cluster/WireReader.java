package io.vikhry.cluster;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads what {@link WireWriter} wrote, trusting nothing: each length is held against what is left before it is used. */
final class WireReader {
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
        byte[] utf8 = bytes(what, limit);
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(utf8))
                    .toString();
            texts.add(text);
            return text;
        } catch (CharacterCodingException e) {
            throw new MalformedBatchException(what + " is no UTF-8");
        }
    }

    byte[] bytes(String what, int limit) {
        int length = atMost("length of " + what, limit);
        if (length > remaining()) {
            throw new MalformedBatchException(what + " of " + length + " bytes: only " + remaining() + " are left");
        }
        byte[] value = new byte[length];
        System.arraycopy(bytes, position, value, 0, length);
        position += length;
        return value;
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
