package io.vikhry.runtime.http;

import static io.vikhry.runtime.http.Http2Frames.CONTINUATION;
import static io.vikhry.runtime.http.Http2Frames.DATA;
import static io.vikhry.runtime.http.Http2Frames.END_HEADERS;
import static io.vikhry.runtime.http.Http2Frames.END_STREAM;
import static io.vikhry.runtime.http.Http2Frames.GOAWAY;
import static io.vikhry.runtime.http.Http2Frames.HEADERS;
import static io.vikhry.runtime.http.Http2Frames.OK;
import static io.vikhry.runtime.http.Http2Frames.PADDED;
import static io.vikhry.runtime.http.Http2Frames.PING;
import static io.vikhry.runtime.http.Http2Frames.PRIORITY;
import static io.vikhry.runtime.http.Http2Frames.PUSH_PROMISE;
import static io.vikhry.runtime.http.Http2Frames.RST_STREAM;
import static io.vikhry.runtime.http.Http2Frames.SETTINGS;
import static io.vikhry.runtime.http.Http2Frames.WINDOW_UPDATE;
import static io.vikhry.runtime.http.Http2Frames.joined;
import static io.vikhry.runtime.http.Http2Frames.literal;
import static io.vikhry.runtime.http.Http2Frames.number;
import static io.vikhry.runtime.http.Http2Frames.remembered;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.vikhry.api.Http;
import io.vikhry.api.HttpException;
import io.vikhry.api.HttpException.Code;
import io.vikhry.api.HttpStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a server that speaks HTTP/2, or claims to, does: a request ends with a result or a code, in time. */
@Timeout(60)
@Tag("beside")
class HostileHttp2ServerTest extends HttpFixture {
    private static Http2Frames begun() {
        return new Http2Frames().settings();
    }

    private static Arguments end(String code, String what, Http2Frames frames) {
        return arguments(code, what, frames.bytes());
    }

    private static Http2Frames pieces(int n) {
        return begun().frame(HEADERS, END_STREAM, 3, OK)
                .times(n, new Http2Frames().frame(CONTINUATION, 0, 3, literal("a", "b")))
                .frame(CONTINUATION, END_HEADERS, 3);
    }

    /** What the server sends after the request has come; where it ends, it closes. The request is stream 3. */
    static Stream<Arguments> servers() {
        byte[] bomb = joined(
                OK, remembered("x", "y".repeat(3_900)), "\u00be".repeat(4_000).getBytes(ISO_8859_1));
        return Stream.of(
                end("none", "a response", begun().ok(3, false).data(3, 10, true)),
                end(
                        "none",
                        "frames of unknown types",
                        begun().frame(77, 255, 3, OK).ok(3, true)),
                end("none", "trailers", begun().ok(3, false).frame(HEADERS, 5, 3, literal("a", "b"))),
                end(
                        "none",
                        "GOAWAY that spares the stream",
                        begun().frame(GOAWAY, 0, 0, joined(number(3), number(0)))
                                .ok(3, true)),
                end("none", "a head in pieces", pieces(8)),
                end(
                        "none",
                        "304, which has no body though it says how long that is",
                        begun().frame(
                                        HEADERS,
                                        5,
                                        3,
                                        joined(literal(":status", "304"), literal("content-length", "5")))),
                end(
                        "none",
                        "a table of 4 GB and frames of 16 MB, which we need not use",
                        begun().frame(
                                        SETTINGS,
                                        0,
                                        0,
                                        joined(new byte[] {0, 1}, number(-1), new byte[] {0, 5}, number(0xffffff)))
                                .ok(3, true)),
                end("PROTOCOL", "a head in many small pieces", pieces(50)),
                end("PROTOCOL", "garbage", new Http2Frames().raw(new byte[100])),
                end("PROTOCOL", "HTTP/1.1", new Http2Frames().raw("HTTP/1.1 400 Bad\r\n\r\n".getBytes(ISO_8859_1))),
                end("PROTOCOL", "a frame before SETTINGS", new Http2Frames().ok(3, true)),
                end(
                        "PROTOCOL",
                        "a frame that is too long",
                        begun().head(0xffffff, DATA, 0, 3).raw(new byte[50_000])),
                end("PROTOCOL", "SETTINGS of 5 bytes", begun().frame(SETTINGS, 0, 0, new byte[5])),
                end("PROTOCOL", "SETTINGS on a stream", begun().frame(SETTINGS, 0, 3)),
                end("PROTOCOL", "an ACK with a payload", begun().frame(SETTINGS, 1, 0, new byte[6])),
                end(
                        "PROTOCOL",
                        "a window that is too large",
                        begun().frame(SETTINGS, 0, 0, joined(new byte[] {0, 4}, number(-1)))),
                end("PROTOCOL", "DATA on stream 0", begun().data(0, 5, true)),
                end("PROTOCOL", "HEADERS on stream 0", begun().ok(0, true)),
                end("PROTOCOL", "a stream of the server's own", begun().ok(2, true)),
                end("PROTOCOL", "a stream that was not begun", begun().ok(99, true)),
                end(
                        "PROTOCOL",
                        "a push, which was forbidden",
                        begun().frame(PUSH_PROMISE, 4, 3, joined(number(2), OK))),
                end("PROTOCOL", "WINDOW_UPDATE of 0", begun().frame(WINDOW_UPDATE, 0, 0, number(0))),
                end("PROTOCOL", "WINDOW_UPDATE of 3 bytes", begun().frame(WINDOW_UPDATE, 0, 0, new byte[3])),
                end(
                        "PROTOCOL",
                        "windows that overflow",
                        begun().times(2, new Http2Frames().frame(WINDOW_UPDATE, 0, 0, number(0x7fffffff)))),
                end(
                        "PROTOCOL",
                        "a stream's window that overflows",
                        begun().frame(WINDOW_UPDATE, 0, 3, number(0x7fffffff))),
                end("PROTOCOL", "a reset of a stream that was not begun", begun().frame(RST_STREAM, 0, 99, number(8))),
                end(
                        "PROTOCOL",
                        "more padding than frame",
                        begun().ok(3, false).frame(DATA, PADDED, 3, (byte) 200, (byte) 0)),
                end(
                        "PROTOCOL",
                        "a stream that depends on itself",
                        begun().frame(PRIORITY, 0, 3, joined(number(3), new byte[] {9}))),
                end(
                        "PROTOCOL",
                        "an index that is not in the table",
                        begun().frame(HEADERS, 5, 3, (byte) 0xff, (byte) 0xff, (byte) 0x7f)),
                end(
                        "PROTOCOL",
                        "a number without an end",
                        begun().frame(HEADERS, 5, 3, "\u00ff".repeat(40).getBytes(ISO_8859_1))),
                end("PROTOCOL", "CONTINUATION of nothing", begun().frame(CONTINUATION, 4, 3, OK)),
                end(
                        "PROTOCOL",
                        "DATA in the midst of a head",
                        begun().frame(HEADERS, 0, 3, OK).data(3, 1, true)),
                end("PROTOCOL", "DATA before a head", begun().data(3, 5, true)),
                end("PROTOCOL", "a head without a status", begun().frame(HEADERS, 5, 3, literal("a", "b"))),
                end("PROTOCOL", "a status that is none", begun().frame(HEADERS, 5, 3, literal(":status", "abc"))),
                end(
                        "PROTOCOL",
                        "a header that breaks out of its line",
                        begun().frame(HEADERS, 5, 3, joined(OK, literal("a", "b\r\nc: d")))),
                end(
                        "PROTOCOL",
                        "a wrong Content-Length",
                        begun().frame(HEADERS, 4, 3, joined(OK, literal("content-length", "5")))
                                .data(3, 4, true)),
                end(
                        "PROTOCOL",
                        "a Content-Length and no body",
                        begun().frame(HEADERS, 5, 3, joined(OK, literal("content-length", "5")))),
                end("PROTOCOL", "two statuses", begun().frame(HEADERS, 5, 3, joined(OK, OK))),
                end("PROTOCOL", "a status after a header", begun().frame(HEADERS, 5, 3, joined(literal("a", "b"), OK))),
                end(
                        "PROTOCOL",
                        "a path in a response",
                        begun().frame(HEADERS, 5, 3, joined(OK, literal(":path", "/")))),
                end("PROTOCOL", "a name in capitals", begun().frame(HEADERS, 5, 3, joined(OK, literal("Big", "b")))),
                end(
                        "PROTOCOL",
                        "a header of HTTP/1.1 connections",
                        begun().frame(HEADERS, 5, 3, joined(OK, literal("connection", "close")))),
                end("PROTOCOL", "a status in the trailers", begun().ok(3, false).frame(HEADERS, 5, 3, OK)),
                end(
                        "PROTOCOL",
                        "frames that are too small to be allowed",
                        begun().frame(SETTINGS, 0, 0, joined(new byte[] {0, 5}, number(16_383)))),
                end(
                        "PROTOCOL",
                        "endless interim heads",
                        begun().times(500, new Http2Frames().frame(HEADERS, 4, 3, literal(":status", "103")))),
                end("TOO_LARGE", "a head that unpacks to 16 MB", begun().frame(HEADERS, 5, 3, bomb)),
                end(
                        "TOO_LARGE",
                        "a body that is too large",
                        begun().ok(3, false).times(100, new Http2Frames().data(3, 16_000, false))),
                end(
                        "TOO_LARGE|PROTOCOL",
                        "endless CONTINUATION",
                        begun().frame(HEADERS, 0, 3, OK)
                                .times(
                                        5_000,
                                        new Http2Frames().frame(CONTINUATION, 0, 3, literal("a", "b".repeat(100))))),
                end(
                        "PROTOCOL|RESET",
                        "endless empty CONTINUATION",
                        begun().frame(HEADERS, 0, 3, OK).times(50_000, new Http2Frames().frame(CONTINUATION, 0, 3))),
                end(
                        "PROTOCOL|RESET",
                        "endless empty DATA",
                        begun().ok(3, false).times(50_000, new Http2Frames().data(3, 0, false))),
                end(
                        "PROTOCOL|RESET",
                        "endless SETTINGS",
                        begun().times(50_000, new Http2Frames().frame(SETTINGS, 0, 0))),
                end(
                        "PROTOCOL|RESET",
                        "endless PING",
                        begun().times(50_000, new Http2Frames().frame(PING, 0, 0, new byte[8]))),
                end(
                        "RESET",
                        "endless resets",
                        begun().times(50_000, new Http2Frames().frame(RST_STREAM, 0, 3, number(8)))),
                end(
                        "RESET",
                        "an end in the midst of a body",
                        begun().ok(3, false).data(3, 10, false)),
                end(
                        "RESET",
                        "an end in the midst of a frame",
                        begun().ok(3, false).head(10, DATA, END_STREAM, 3).raw(new byte[4])),
                end("RESET", "an end after SETTINGS", begun()),
                end(
                        "RESET",
                        "GOAWAY, then the end",
                        begun().ok(3, false).frame(GOAWAY, 0, 0, joined(number(3), number(2)))),
                end("RESET", "GOAWAY that the stream is too late for", begun().frame(GOAWAY, 0, 0, new byte[8])),
                end("RESET", "a reset", begun().ok(3, false).frame(RST_STREAM, 0, 3, number(2))),
                end("RESET", "REFUSED_STREAM each time", begun().frame(RST_STREAM, 0, 3, number(7))));
    }

    private static RawServer sends(byte[] sent) throws Exception {
        return RawServer.start(peer -> {
            // Their preface: it looks like a head.
            peer.head();
            peer.send(sent);
            peer.socket.shutdownOutput();
            peer.drain();
        });
    }

    @ParameterizedTest(name = "{1}: {0}")
    @MethodSource("servers")
    void eachHasItsCodeAndItsConnectionIsClosed(String codes, String what, byte[] sent) throws Exception {
        try (RawServer server = sends(sent)) {
            Http http = owner.http(server.url())
                    .http2()
                    .timeout(Duration.ofSeconds(5))
                    .maxBody(1_000_000)
                    .build();
            long start = System.nanoTime();
            Code code = owner.onVu(() -> {
                try {
                    http.get("/x").send();
                    return null;
                } catch (HttpException e) {
                    return e.code();
                }
            });
            assertThat(code == null ? "none" : code.name()).isIn((Object[]) codes.split("\\|"));
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(4));
            assertThat(server.accepted.get()).isLessThanOrEqualTo(2);
            http.close();
            awaitClosed(server);
        }
    }

    @Test
    void aConnectionThatEndsAtAnyByteIsAResetNeverAHang() throws Exception {
        byte[] whole = begun().ok(3, false).data(3, 10, true).bytes();
        AtomicInteger cut = new AtomicInteger();
        RawServer server = serve(peer -> {
            peer.head();
            peer.send(Arrays.copyOf(whole, cut.get()));
            if (cut.get() % 2 == 1) {
                peer.reset();
            }
        });
        Http http = owner.onVu(() ->
                owner.http(server.url()).http2().timeout(Duration.ofSeconds(5)).build());
        for (; cut.get() < whole.length; cut.incrementAndGet()) {
            assertThat(owner.onVu(() -> code(() -> http.get("/x").send())))
                    .as("after %d bytes", cut.get())
                    .isEqualTo(Code.RESET);
        }
        awaitClosed(server);
    }

    @Test
    void aServerThatLetsNothingThroughIsATimeout() throws Exception {
        for (int setting : new int[] {3, 4}) {
            // No streams at a time; no byte of a body.
            RawServer server = serve(peer -> {
                peer.send(new Http2Frames()
                        .frame(SETTINGS, 0, 0, joined(new byte[] {0, (byte) setting}, number(0)))
                        .bytes());
                peer.drain();
            });
            Http http = owner.onVu(() -> owner.http(server.url())
                    .http2()
                    .timeout(Duration.ofMillis(150))
                    .build());
            for (int i = 0; i < 2; i++) {
                assertThat(owner.onVu(() -> code(() ->
                                http.post("/x").body(new byte[100_000], "a/b").send())))
                        .isEqualTo(Code.TIMEOUT);
            }
            http.close();
            awaitClosed(server);
        }
    }

    @Test
    void aServerThatSendsMoreThanItMayOnAStreamThatIsNotReadIsRefused() throws Exception {
        try (RawServer server = sends(begun().ok(3, false)
                .times(200, new Http2Frames().data(3, 16_384, false))
                .bytes())) {
            Code code = owner.onVu(() -> {
                Http http = owner.http(server.url()).http2().build();
                try (HttpStream stream = http.get("/x").stream()) {
                    // Elsewhere for a while, until more than a window has come.
                    awaitClosed(server);
                    stream.forEach(piece -> {});
                    return null;
                } catch (HttpException e) {
                    return e.code();
                }
            });
            assertThat(code).isEqualTo(Code.PROTOCOL);
        }
    }
}
