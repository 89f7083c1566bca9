package io.vikhry.runtime.http;

import io.vikhry.api.HttpException.Code;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Takes the chunks of a body out of their framing, skips extensions, and keeps the trailers. */
final class ChunkedFraming {
    private static final int MAX_SIZE_LINE = 4096;
    private static final long FAR_TOO_LARGE = Long.MAX_VALUE >> 8;

    private enum State {
        SIZE,
        DATA,
        END_OF_DATA,
        TRAILER,
        DONE
    }

    private State state = State.SIZE;
    private long remaining;
    private int lineBytes;
    private boolean sizeSeen;
    private boolean sizeEnded;
    private boolean carriageReturn;
    /** The lines of the trailers as they come, of one body after another. */
    private byte[] section = ResponseBody.NOTHING;

    private int sectionBytes;
    private byte[] trailers = ResponseBody.NOTHING;
    private @Nullable Code failure;
    private String reason = "";

    /** Makes ready for the next body. */
    void begin() {
        trailers = ResponseBody.NOTHING;
        sectionBytes = 0;
        failure = null;
        beginChunk();
    }

    private void beginChunk() {
        state = State.SIZE;
        remaining = 0;
        lineBytes = 0;
        sizeSeen = false;
        sizeEnded = false;
        carriageReturn = false;
    }

    /** Takes bytes until {@code to}, the end of the body, or a failure; returns where it stopped. */
    int feed(byte[] in, int from, int to, ResponseBody body) {
        int at = from;
        while (at < to && state != State.DONE && failure == null) {
            if (state == State.DATA) {
                at = data(in, at, to, body);
            } else {
                byte c = in[at++];
                switch (state) {
                    case SIZE -> size(c, body);
                    case END_OF_DATA -> endOfData(c);
                    default -> trailer(c);
                }
            }
        }
        return at;
    }

    boolean isDone() {
        return state == State.DONE;
    }

    /** The lines of the trailers, once it is done; empty if there were none. */
    byte[] trailers() {
        return trailers;
    }

    @Nullable Code failure() {
        return failure;
    }

    String reason() {
        return reason;
    }

    private void size(byte c, ResponseBody body) {
        if (++lineBytes > MAX_SIZE_LINE) {
            fail(Code.PROTOCOL, "a chunk's size line is longer than " + MAX_SIZE_LINE + " bytes");
        } else if (c == '\n') {
            sizeLineEnded(body);
        } else if (carriageReturn) {
            fail(Code.PROTOCOL, "a chunk's size line is malformed");
        } else if (c == '\r') {
            carriageReturn = true;
        } else if (!sizeEnded) {
            int digit = Character.digit(c, 16);
            if (digit >= 0) {
                sizeSeen = true;
                remaining = Math.min(remaining * 16 + digit, FAR_TOO_LARGE);
            } else if (sizeSeen && (c == ';' || c == ' ' || c == '\t')) {
                sizeEnded = true;
            } else {
                fail(Code.PROTOCOL, "a chunk's size is not a hexadecimal number");
            }
        }
    }

    private void sizeLineEnded(ResponseBody body) {
        carriageReturn = false;
        if (!sizeSeen) {
            fail(Code.PROTOCOL, "a chunk without a size");
        } else if (remaining == 0) {
            lineBytes = 0;
            state = State.TRAILER;
        } else if (remaining > body.room()) {
            fail(Code.TOO_LARGE, body.tooLarge());
        } else {
            state = State.DATA;
        }
    }

    private int data(byte[] in, int at, int to, ResponseBody body) {
        int n = (int) Math.min(remaining, to - at);
        body.take(in, at, n, -1);
        remaining -= n;
        if (remaining == 0) {
            state = State.END_OF_DATA;
        }
        return at + n;
    }

    private void endOfData(byte c) {
        if (c == '\n') {
            beginChunk();
        } else if (c == '\r' && !carriageReturn) {
            carriageReturn = true;
        } else {
            fail(Code.PROTOCOL, "a chunk is longer than its size");
        }
    }

    private void trailer(byte c) {
        if (sectionBytes == ResponseParser.MAX_HEAD) {
            fail(Code.TOO_LARGE, "the trailers are larger than " + ResponseParser.MAX_HEAD + " bytes");
        } else if (c != '\n') {
            keep(c);
            carriageReturn = c == '\r';
            lineBytes++;
        } else if (lineBytes == (carriageReturn ? 1 : 0)) {
            // Most bodies have none.
            trailers =
                    sectionBytes == lineBytes ? ResponseBody.NOTHING : Arrays.copyOf(section, sectionBytes - lineBytes);
            state = State.DONE;
        } else {
            keep(c);
            lineBytes = 0;
            carriageReturn = false;
        }
    }

    private void keep(byte c) {
        if (sectionBytes == section.length) {
            section = Arrays.copyOf(section, Math.max(8, sectionBytes * 2));
        }
        section[sectionBytes++] = c;
    }

    private void fail(Code code, String why) {
        failure = code;
        reason = why;
    }
}
