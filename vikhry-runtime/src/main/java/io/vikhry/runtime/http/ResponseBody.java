package io.vikhry.runtime.http;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The body of one response as it grows, kept or only counted, and never above its limit. */
final class ResponseBody {
    static final byte[] NOTHING = new byte[0];

    /** A declared length is believed up to this many bytes; beyond, memory follows the bytes that really came. */
    private static final int EAGER = 64 * 1024;

    /** The most that one array holds; a longer body can be counted, or read while it comes. */
    static final int MOST_KEPT = Integer.MAX_VALUE - 8;

    private boolean keep;
    private @Nullable BodySink sink;
    private long max;
    private long count;
    private byte[] bytes = NOTHING;
    private int length;

    /** Makes ready for the next response; what comes goes to {@code where}, is {@code kept}, or only counted. */
    void begin(boolean kept, long most, @Nullable BodySink where) {
        keep = kept;
        sink = where;
        max = kept && where == null ? Math.min(most, MOST_KEPT) : most;
        count = 0;
        bytes = NOTHING;
        length = 0;
    }

    /** How many more bytes are accepted. */
    long room() {
        return max - count;
    }

    String tooLarge() {
        return "the body is larger than " + max + " bytes";
    }

    /** Bytes so far, kept or not. */
    long count() {
        return count;
    }

    /**
     * Takes {@code n} bytes, for which there is {@link #room}.
     *
     * @param expected the length of the whole body, or -1 if it is not known
     */
    void take(byte[] in, int at, int n, long expected) {
        count += n;
        BodySink s = sink;
        if (s != null && n > 0) {
            s.piece(Arrays.copyOfRange(in, at, at + n));
            return;
        }
        if (!keep || n == 0) {
            return;
        }
        if (length == 0 && n == expected) {
            bytes = Arrays.copyOfRange(in, at, at + n);
        } else {
            if (bytes.length - length < n) {
                long wanted = length == 0 && expected > 0
                        ? Math.max(n, Math.min(expected, EAGER))
                        : Math.max(2L * bytes.length, length + (long) n);
                long most = expected > 0 ? expected : max;
                bytes = Arrays.copyOf(bytes, (int) Math.min(wanted, Math.max(most, length + (long) n)));
            }
            System.arraycopy(in, at, bytes, length, n);
        }
        length += n;
    }

    /** The bytes kept. Lets go of them: an idle connection holds no body. */
    byte[] remove() {
        byte[] whole = bytes.length == length ? bytes : Arrays.copyOf(bytes, length);
        bytes = NOTHING;
        length = 0;
        sink = null;
        return whole;
    }
}
