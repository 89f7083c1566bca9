package io.vikhry.runtime.http;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * What the members of a gzip body were before, one after another (RFC 1952). Waits for the first byte of a further member, or the
 * end: a stream that looks only at what is there takes a pause between two members for the end. What follows a member and is none
 * is left out, as other readers do.
 */
final class GzipMembers extends InputStream {
    private static final int PIECE = 8 * 1024;
    private static final int TEXTS = 0x18;
    private static final int EXTRA = 0x04;
    private static final int HEAD_CHECKSUM = 0x02;

    private final InputStream in;
    private final Inflater inflater = new Inflater(true);
    private final CRC32 checksum = new CRC32();
    private final byte[] piece = new byte[PIECE];
    private int from;
    private int to;
    private boolean inMember;
    private boolean any;
    private boolean ended;

    GzipMembers(InputStream in) {
        this.in = in;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] out, int at, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (inMember || !ended && begin()) {
            int n;
            try {
                n = inflater.inflate(out, at, length);
            } catch (DataFormatException e) {
                throw new IOException("the compressed body is damaged: " + e.getMessage(), e);
            }
            if (n > 0) {
                checksum.update(out, at, n);
                return n;
            }
            if (inflater.finished()) {
                end();
            } else if (!fill()) {
                throw cutOff();
            } else {
                inflater.setInput(piece, from, to - from);
            }
        }
        return -1;
    }

    /** Goes past the head of a member, if there is one more. */
    private boolean begin() throws IOException {
        boolean magic = from < to || fill();
        magic = magic && piece[from] == 0x1f;
        if (!magic) {
            ended = true;
            if (!any && from < to) {
                throw new IOException("the body is not gzip, although Content-Encoding says so");
            }
            return false;
        }
        from++;
        if (next() != 0x8b || next() != 8) {
            throw new IOException("the body is not gzip, although Content-Encoding says so");
        }
        int flags = next();
        skip(6);
        if ((flags & EXTRA) != 0) {
            skip(next() | next() << 8);
        }
        for (int text = flags & TEXTS; text != 0; text &= text - 1) {
            while (next() != 0) {
                // A name or a comment, which nobody wants.
            }
        }
        skip((flags & HEAD_CHECKSUM) != 0 ? 2 : 0);
        any = true;
        inMember = true;
        checksum.reset();
        inflater.reset();
        inflater.setInput(piece, from, to - from);
        return true;
    }

    private void end() throws IOException {
        from = to - inflater.getRemaining();
        inMember = false;
        int expected = next() | next() << 8 | next() << 16 | next() << 24;
        if (expected != (int) checksum.getValue()) {
            throw new IOException("the gzip body is damaged: wrong checksum");
        }
        skip(4);
    }

    private void skip(int bytes) throws IOException {
        for (int i = 0; i < bytes; i++) {
            next();
        }
    }

    private int next() throws IOException {
        if (from == to && !fill()) {
            throw cutOff();
        }
        return piece[from++] & 0xff;
    }

    /** Takes more of the body, of which nothing is left; whether there is more. */
    private boolean fill() throws IOException {
        int n = in.read(piece, 0, PIECE);
        from = 0;
        to = Math.max(0, n);
        return n > 0;
    }

    private static EOFException cutOff() {
        return new EOFException("the gzip body is cut off");
    }

    @Override
    public void close() throws IOException {
        inflater.end();
        in.close();
    }
}
