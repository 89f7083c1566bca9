package io.vikhry.runtime.http;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Reading one response of 99 bytes of JSON under six header lines, from bytes to a body. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ResponseParserBenchmark {
    private static final String BODY =
            "{\"id\":1,\"name\":\"a name\",\"ok\":true,\"v\":[1,2,3,4,5,6,7,8,9],\"text\":\"0123456789012345678901234567890\"}";

    private final ResponseParser parser = new ResponseParser();
    private final byte[] first = fixed(0);
    private final byte[] second = fixed(1);
    private final byte[] chunked = bytes(0, "Transfer-Encoding: chunked", "32\r\n" + BODY.substring(0, 50) + "\r\n31\r\n"
            + BODY.substring(50) + "\r\n0\r\n\r\n");
    private boolean turn;

    private static byte[] fixed(int second) {
        return bytes(second, "Content-Length: " + BODY.length(), BODY);
    }

    private static byte[] bytes(int second, String framing, String body) {
        return ("HTTP/1.1 200 OK\r\nServer: bench\r\nDate: Thu, 01 Jan 2026 00:00:0" + second
                        + " GMT\r\nContent-Type: application/json\r\n" + framing
                        + "\r\nCache-Control: no-store\r\nConnection: keep-alive\r\n\r\n" + body)
                .getBytes(StandardCharsets.US_ASCII);
    }

    private byte[] read(byte[] response) {
        parser.begin(false, true, 1 << 20, null);
        parser.feed(response, 0, response.length);
        if (!parser.isDone()) {
            throw new IllegalStateException(parser.reason());
        }
        return parser.takeBody();
    }

    /** The head equals the one before, as within a second from most servers. */
    @Benchmark
    public byte[] sameHead() {
        return read(first);
    }

    /** Each head differs from the one before and is parsed in full. */
    @Benchmark
    public byte[] newHead() {
        turn = !turn;
        return read(turn ? first : second);
    }

    @Benchmark
    public byte[] chunkedBody() {
        return read(chunked);
    }

    /** In two pieces, cut in the middle of the head. */
    @Benchmark
    public byte[] cutHead() {
        parser.begin(false, true, 1 << 20, null);
        parser.feed(first, 0, 60);
        parser.feed(first, 60, first.length);
        return parser.takeBody();
    }
}
