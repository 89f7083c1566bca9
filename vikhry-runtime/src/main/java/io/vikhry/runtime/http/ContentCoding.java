package io.vikhry.runtime.http;

import io.airlift.compress.v3.zstd.ZstdInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.Locale;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import org.brotli.dec.BrotliInputStream;

/** Undoes gzip, deflate, Brotli and Zstandard, bounded, so that a small body cannot become a huge one. */
final class ContentCoding {
    /** No server needs more than one or two; a thousand would be a thousand decoders for one body. */
    private static final int MOST = 5;

    private ContentCoding() {}

    /** The body has more bytes than are accepted. */
    static final class TooLarge extends IOException {
        private static final long serialVersionUID = 1L;

        TooLarge(long max) {
            super("the decompressed body is larger than " + max + " bytes");
        }
    }

    /** A stream that is opened when somebody reads. */
    @FunctionalInterface
    interface Opening {
        InputStream open() throws IOException;
    }

    /** What {@code wire} gives with the codings of a {@code Content-Encoding} header undone; as it is from an unknown one on. */
    static Opening decoding(String codings, InputStream wire) {
        return () -> {
            String[] list = list(codings);
            InputStream in = wire;
            for (int i = list.length - 1; i >= 0; i--) {
                switch (list[i].strip()) {
                    case "gzip", "x-gzip" -> in = new GzipMembers(in);
                    case "deflate" -> in = inflating(in);
                    case "br" -> in = new BrotliInputStream(in);
                    case "zstd" -> in = new ZstdInputStream(in);
                    case "identity", "" -> {}
                    default -> {
                        return in;
                    }
                }
            }
            return in;
        };
    }

    private static InputStream inflating(InputStream in) throws IOException {
        PushbackInputStream ahead = new PushbackInputStream(in, 2);
        byte[] first = ahead.readNBytes(2);
        ahead.unread(first);
        return new InflaterInputStream(ahead, new Inflater(!isZlib(first)));
    }

    /**
     * The body with the codings of a {@code Content-Encoding} header undone; as it is if a coding is not known.
     *
     * @param max the most bytes the result may have
     */
    static byte[] decode(String codings, byte[] body, int max) throws IOException {
        String[] list = list(codings);
        byte[] decoded = body;
        for (int i = list.length - 1; i >= 0 && decoded.length > 0; i--) {
            switch (list[i].strip()) {
                case "gzip", "x-gzip" -> decoded = gunzip(decoded, max);
                case "deflate" -> decoded = inflate(decoded, max);
                case "br" -> decoded = brotli(decoded, max);
                case "zstd" -> decoded = zstd(decoded, max);
                case "identity", "" -> {}
                default -> {
                    return decoded;
                }
            }
        }
        return decoded;
    }

    private static String[] list(String codings) throws IOException {
        String[] list = codings.toLowerCase(Locale.ROOT).split("[ \t]*,[ \t]*");
        if (list.length > MOST) {
            throw new IOException(
                    "the body has " + list.length + " codings, one upon the other; " + MOST + " are allowed");
        }
        return list;
    }

    private static byte[] gunzip(byte[] in, int max) throws IOException {
        try (InputStream stream = new GzipMembers(new ByteArrayInputStream(in))) {
            return read(stream, max);
        }
    }

    private static byte[] brotli(byte[] in, int max) throws IOException {
        try (InputStream stream = new BrotliInputStream(new ByteArrayInputStream(in))) {
            return read(stream, max);
        }
    }

    private static byte[] zstd(byte[] in, int max) throws IOException {
        try (InputStream stream = new ZstdInputStream(new ByteArrayInputStream(in))) {
            return read(stream, max);
        } catch (RuntimeException e) {
            // What the decoder throws at damaged bytes is not a closed set.
            throw new IOException("the compressed body is damaged: " + e.getMessage(), e);
        }
    }

    private static byte[] read(InputStream stream, int max) throws IOException {
        byte[] out = stream.readNBytes(max);
        if (out.length == max && stream.read() >= 0) {
            throw new TooLarge(max);
        }
        return out;
    }

    /** By the book deflate is the zlib format; some servers send it bare. */
    private static byte[] inflate(byte[] in, int max) throws IOException {
        Inflater inflater = new Inflater(!isZlib(in));
        try {
            inflater.setInput(in);
            return run(inflater, max);
        } finally {
            inflater.end();
        }
    }

    private static boolean isZlib(byte[] in) {
        return in.length > 1 && (in[0] & 0x0f) == 8 && ((in[0] & 0xff) << 8 | in[1] & 0xff) % 31 == 0;
    }

    private static byte[] run(Inflater inflater, int max) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream(1024);
        byte[] piece = new byte[8192];
        try {
            while (!inflater.finished()) {
                int n = inflater.inflate(piece);
                if (n == 0 && !inflater.finished()) {
                    throw new EOFException("the compressed body is cut off");
                }
                if (out.size() + (long) n > max) {
                    throw new TooLarge(max);
                }
                out.write(piece, 0, n);
            }
        } catch (DataFormatException e) {
            throw new IOException("the compressed body is damaged: " + e.getMessage(), e);
        }
        return out.toByteArray();
    }
}
