package io.vikhry.runtime.http;

import io.vikhry.api.Multipart;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The parts of a {@code multipart/form-data} body (RFC 7578), in order, with what stands between them. */
final class Parts implements Multipart {
    // 128 random bits: that a file contains them is out of the question.
    private final String boundary =
            "vikhry-" + Long.toHexString(ThreadLocalRandom.current().nextLong())
                    + Long.toHexString(ThreadLocalRandom.current().nextLong());

    /** Either bytes or a source. */
    private record Piece(byte @Nullable [] bytes, @Nullable Supplier<? extends InputStream> source) {
        InputStream open() {
            return source != null ? source.get() : new ByteArrayInputStream(bytes == null ? new byte[0] : bytes);
        }
    }

    private final List<Piece> pieces = new ArrayList<>();

    @Override
    public Multipart field(String name, Object value) {
        begin("form-data; name=" + quoted(name), null);
        bytes(String.valueOf(value).getBytes(StandardCharsets.UTF_8));
        return end();
    }

    @Override
    public Multipart file(String name, String fileName, String contentType, byte[] bytes) {
        begin("form-data; name=" + quoted(name) + "; filename=" + quoted(fileName), contentType);
        bytes(bytes);
        return end();
    }

    @Override
    public Multipart file(String name, String fileName, String contentType, Supplier<? extends InputStream> source) {
        begin("form-data; name=" + quoted(name) + "; filename=" + quoted(fileName), contentType);
        pieces.add(new Piece(null, source));
        return end();
    }

    String contentType() {
        return "multipart/form-data; boundary=" + boundary;
    }

    /** The whole body, or null if a part has to be read first. */
    byte @Nullable [] whole() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (Piece piece : pieces) {
            if (piece.bytes == null) {
                return null;
            }
            out.writeBytes(piece.bytes);
        }
        out.writeBytes(last());
        return out.toByteArray();
    }

    /** The body to be read; each part's source is opened when its turn comes. */
    InputStream open() {
        List<Piece> all = new ArrayList<>(pieces);
        all.add(new Piece(last(), null));
        List<Piece> left = new ArrayList<>(all.reversed());
        return new SequenceInputStream(new Enumeration<>() {
            @Override
            public boolean hasMoreElements() {
                return !left.isEmpty();
            }

            @Override
            public InputStream nextElement() {
                return left.removeLast().open();
            }
        });
    }

    private void begin(String disposition, @Nullable String contentType) {
        StringBuilder head = new StringBuilder("--").append(boundary).append("\r\n");
        Headers.line(head, "Content-Disposition", disposition);
        if (contentType != null) {
            Headers.check("Content-Type", contentType);
            Headers.line(head, "Content-Type", contentType);
        }
        bytes(head.append("\r\n").toString().getBytes(StandardCharsets.UTF_8));
    }

    private Multipart end() {
        bytes("\r\n".getBytes(StandardCharsets.US_ASCII));
        return this;
    }

    private void bytes(byte[] bytes) {
        pieces.add(new Piece(bytes, null));
    }

    private byte[] last() {
        return ("--" + boundary + "--\r\n").getBytes(StandardCharsets.US_ASCII);
    }

    /** As browsers do: what would break out of the quotes or the line is percent-encoded. */
    private static String quoted(String name) {
        return '"' + name.replace("\r", "%0D").replace("\n", "%0A").replace("\"", "%22") + '"';
    }
}
