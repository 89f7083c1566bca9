package io.vikhry.runtime.http;

import io.vikhry.api.CheckFailedException;
import io.vikhry.api.HttpException;
import io.vikhry.api.HttpException.Code;
import io.vikhry.api.HttpStream;
import io.vikhry.api.ServerSentEvent;
import io.vikhry.runtime.metrics.GivenNames;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A response that is read while it comes. For one thread, the user's. */
final class StreamedResponse implements HttpStream {
    private static final int PIECE = 16 * 1024;

    private final HttpClient client;
    private final Request request;
    private final Label label;
    private final Target target;
    private final Exchange exchange;
    private final Download download;
    private final Duration headTime;
    private final InputStream body;
    private final TextLines lines;
    private final EventLines events;
    /** What is left of the piece that the wire gave last. */
    private byte[] piece = ResponseBody.NOTHING;

    private int at;
    private boolean closed;

    StreamedResponse(
            HttpClient client, Request request, Label label, Target target, Exchange exchange, Download download) {
        this.client = client;
        this.request = request;
        this.label = label;
        this.target = target;
        this.exchange = exchange;
        this.download = download;
        this.headTime = Duration.ofNanos(System.nanoTime() - exchange.sample.startNanos());
        InputStream wire = new Wire();
        this.body = exchange.encoded
                ? new Decoded(ContentCoding.decoding(String.join(",", headers("Content-Encoding")), wire))
                : wire;
        this.lines = new TextLines(body, Math.min(request.maxBody(), ResponseBody.MOST_KEPT - 1));
        this.events = new EventLines(lines);
    }

    @Override
    public int status() {
        return exchange.status;
    }

    @Override
    public Optional<String> header(String name) {
        return ResponseHead.first(exchange.responseHead, name);
    }

    @Override
    public List<String> headers(String name) {
        return ResponseHead.all(exchange.responseHead, name);
    }

    @Override
    public Optional<String> trailer(String name) {
        return exchange.isDone() ? ResponseHead.trailer(exchange.responseHead, name) : Optional.empty();
    }

    @Override
    public Duration headTime() {
        return headTime;
    }

    // ---- reading

    @Override
    public Optional<byte[]> next() {
        byte[] before = lines.rest();
        if (before.length > 0) {
            return Optional.of(before);
        }
        if (body instanceof Decoded decoded) {
            byte[] out = new byte[PIECE];
            int n = decoded.read(out, 0, PIECE);
            return n < 0 ? Optional.empty() : Optional.of(Arrays.copyOf(out, n));
        }
        return fill() ? Optional.of(taken()) : Optional.empty();
    }

    private byte[] taken() {
        byte[] whole = at == 0 ? piece : Arrays.copyOfRange(piece, at, piece.length);
        piece = ResponseBody.NOTHING;
        at = 0;
        return whole;
    }

    @Override
    public Optional<String> line() {
        try {
            return Optional.ofNullable(lines.next());
        } catch (IOException e) {
            throw undecodable(e);
        }
    }

    @Override
    public Optional<ServerSentEvent> event() {
        try {
            return Optional.ofNullable(events.next());
        } catch (IOException e) {
            throw undecodable(e);
        }
    }

    @Override
    public InputStream body() {
        return body;
    }

    /** Has bytes of the wire in {@link #piece}, or says that there are no more. */
    private boolean fill() {
        while (at == piece.length) {
            byte[] next = closed ? null : download.take(client.settings().stallNanos());
            if (next == null) {
                if (!closed && exchange.failure != null) {
                    throw client.failed(exchange, request.method, target);
                }
                return false;
            }
            piece = next;
            at = 0;
        }
        return true;
    }

    /** The body as it is on the wire. */
    private final class Wire extends InputStream {
        @Override
        public int read() {
            return fill() ? piece[at++] & 0xff : -1;
        }

        @Override
        public int read(byte[] out, int from, int length) {
            if (length == 0) {
                return 0;
            }
            if (!fill()) {
                return -1;
            }
            int n = Math.min(length, piece.length - at);
            System.arraycopy(piece, at, out, from, n);
            at += n;
            return n;
        }

        /** What a decoder may take without waiting: some ask before they look for a further member. */
        @Override
        public int available() {
            return at < piece.length || !download.isEmpty() ? Math.max(1, piece.length - at) : 0;
        }

        @Override
        public void close() {
            StreamedResponse.this.close();
        }
    }

    /** The body after decompression, no longer than it may be. */
    private final class Decoded extends InputStream {
        private final ContentCoding.Opening opening;
        private @Nullable InputStream in;
        private long left = request.maxBody();

        Decoded(ContentCoding.Opening opening) {
            this.opening = opening;
        }

        @Override
        public int read() {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] out, int from, int length) {
            int n;
            try {
                InputStream stream = in;
                if (stream == null && !fill()) {
                    // An answer to HEAD, say, which tells the coding of a body that does not come.
                    return -1;
                }
                if (stream == null) {
                    // Not before somebody reads: the decoders want the first bytes at once.
                    stream = opening.open();
                    in = stream;
                }
                n = stream.read(out, from, length);
            } catch (HttpException e) {
                throw e;
            } catch (IOException | RuntimeException e) {
                // What the decoders throw at damaged bytes is not a closed set.
                throw undecodable(new IOException("the compressed body is damaged: " + e.getMessage(), e));
            }
            if (n < 0) {
                endWire();
            }
            left -= Math.max(0, n);
            if (left < 0) {
                throw undecodable(new ContentCoding.TooLarge(request.maxBody()));
            }
            return n;
        }

        /** A decoder may know that it is at its end before the response is. */
        private void endWire() {
            while (fill()) {
                taken();
            }
        }

        @Override
        public void close() {
            StreamedResponse.this.close();
        }
    }

    private HttpException undecodable(IOException e) {
        Code code = e instanceof ContentCoding.TooLarge ? Code.TOO_LARGE : Code.PROTOCOL;
        String message = label.name() + ": " + e.getMessage();
        download.failCheck(code.name(), message);
        close();
        return new HttpException(code, message + " (" + target.url() + ")", e);
    }

    // ---- checks and the end

    @Override
    public HttpStream expectStatus(int... statuses) {
        for (int each : statuses) {
            if (each == exchange.status) {
                return this;
            }
        }
        String expected =
                statuses.length == 1 ? "status " + statuses[0] : "one of the statuses " + Arrays.toString(statuses);
        CheckFailedException e =
                failed("CHECK_STATUS", label.name() + ": expected " + expected + ", came status " + exchange.status);
        close();
        throw e;
    }

    @Override
    public CheckFailedException failed(String code, String what) {
        download.failCheck(GivenNames.code(label.name(), code), what);
        return new CheckFailedException(what + " (" + target.url() + ", status " + exchange.status + ")");
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            piece = ResponseBody.NOTHING;
            at = 0;
            download.endEarly();
        }
    }

    @Override
    public String toString() {
        return target.url() + ": status " + exchange.status + ", streamed";
    }
}
