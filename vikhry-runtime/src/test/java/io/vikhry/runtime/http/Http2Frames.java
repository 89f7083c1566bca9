package io.vikhry.runtime.http;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Frames of HTTP/2 byte by byte, right or wrong, one after another. */
final class Http2Frames {
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int PRIORITY = 2;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PUSH_PROMISE = 5;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;

    /** Also ACK, of SETTINGS and PING. */
    static final int END_STREAM = 1;

    static final int END_HEADERS = 4;
    static final int PADDED = 8;

    /** {@code :status: 200}, as the compression's table has it. */
    static final byte[] OK = {(byte) 0x88};

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Http2Frames frame(int type, int flags, int stream, byte... payload) {
        return head(payload.length, type, flags, stream).raw(payload);
    }

    /** The head of a frame, which may lie about its length. */
    Http2Frames head(int length, int type, int flags, int stream) {
        raw((byte) (length >> 16), (byte) (length >> 8), (byte) length, (byte) type, (byte) flags);
        return raw(number(stream));
    }

    Http2Frames raw(byte... bytes) {
        out.writeBytes(bytes);
        return this;
    }

    Http2Frames settings() {
        return frame(SETTINGS, 0, 0).frame(SETTINGS, 1, 0);
    }

    Http2Frames ok(int stream, boolean end) {
        return frame(HEADERS, END_HEADERS | (end ? END_STREAM : 0), stream, OK);
    }

    Http2Frames data(int stream, int bytes, boolean end) {
        return frame(DATA, end ? END_STREAM : 0, stream, new byte[bytes]);
    }

    Http2Frames times(int n, Http2Frames what) {
        byte[] bytes = what.bytes();
        for (int i = 0; i < n; i++) {
            raw(bytes);
        }
        return this;
    }

    /** A header that is not in the table and is not to be put there; shorter than 127 bytes each. */
    static byte[] literal(String name, String value) {
        return joined(new byte[] {0}, text(name), text(value));
    }

    /** One that is put into the table. */
    static byte[] remembered(String name, String value) {
        return joined(new byte[] {0x40}, text(name), text(value));
    }

    private static byte[] text(String latin) {
        byte[] bytes = latin.getBytes(StandardCharsets.ISO_8859_1);
        byte[] length = bytes.length < 127
                ? new byte[] {(byte) bytes.length}
                : new byte[] {127, (byte) (bytes.length - 127 & 127 | 128), (byte) (bytes.length - 127 >> 7)};
        return joined(length, bytes);
    }

    static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    static byte[] number(int n) {
        return new byte[] {(byte) (n >> 24), (byte) (n >> 16), (byte) (n >> 8), (byte) n};
    }

    byte[] bytes() {
        return out.toByteArray();
    }
}
