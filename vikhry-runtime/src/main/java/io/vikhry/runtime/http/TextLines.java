package io.vikhry.runtime.http;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The lines of a text in UTF-8, as its bytes come: a line is given out as soon as its end is there. */
final class TextLines {
    private static final int BUFFER = 8 * 1024;

    private final InputStream in;
    private final long maxLine;
    private byte[] buffer = ResponseBody.NOTHING;
    private int from;
    private int to;
    private boolean afterCarriageReturn;

    /** Of {@code in}; a line of more than {@code maxLine} bytes is too large. */
    TextLines(InputStream in, long maxLine) {
        this.in = in;
        this.maxLine = maxLine;
    }

    /** The next line without its end, which is LF, CR or CRLF; null at the end. */
    @Nullable String next() throws IOException {
        int scanned = from;
        while (true) {
            for (; scanned < to; scanned++) {
                byte b = buffer[scanned];
                if (b == '\n' && afterCarriageReturn && scanned == from) {
                    afterCarriageReturn = false;
                    from++;
                } else if (b == '\n' || b == '\r') {
                    afterCarriageReturn = b == '\r';
                    return cut(scanned, scanned + 1);
                }
            }
            if (to > from) {
                afterCarriageReturn = false;
            }
            int scannedBytes = scanned - from;
            if (!more()) {
                return to > from ? cut(to, to) : null;
            }
            scanned = from + scannedBytes;
        }
    }

    private String cut(int end, int next) {
        String line = new String(buffer, from, end - from, StandardCharsets.UTF_8);
        from = next;
        return line;
    }

    /** Bytes that were read but belong to no line yet; they are gone then. */
    byte[] rest() {
        if (afterCarriageReturn && from < to && buffer[from] == '\n') {
            from++;
        }
        byte[] bytes = Arrays.copyOfRange(buffer, from, to);
        if (bytes.length > 0) {
            afterCarriageReturn = false;
        }
        from = to;
        return bytes;
    }

    private boolean more() throws IOException {
        if (to - from > maxLine) {
            throw new ContentCoding.TooLarge(maxLine);
        }
        if (from > 0) {
            System.arraycopy(buffer, from, buffer, 0, to - from);
            to -= from;
            from = 0;
        }
        if (to == buffer.length) {
            buffer = Arrays.copyOf(buffer, (int) Math.clamp(2L * to, BUFFER, ResponseBody.MOST_KEPT));
        }
        int n = in.read(buffer, to, buffer.length - to);
        to += Math.max(0, n);
        return n >= 0;
    }
}
