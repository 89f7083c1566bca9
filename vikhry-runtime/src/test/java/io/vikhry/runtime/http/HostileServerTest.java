package io.vikhry.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.codec.http2.Http2Settings;
import io.vikhry.api.CheckFailedException;
import io.vikhry.api.Http;
import io.vikhry.api.HttpException;
import io.vikhry.api.HttpException.Code;
import io.vikhry.api.HttpResponse;
import io.vikhry.api.HttpStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever a server does, a request ends with a result or a code, in time, and its connection is closed. */
@Timeout(60)
@Tag("beside")
class HostileServerTest extends HttpFixture {
    private Http.Builder client(RawServer server) {
        return owner.http(server.url()).timeout(Duration.ofSeconds(2)).maxBody(1_000);
    }

    private Code get(Http http) throws Exception {
        return owner.onVu(() -> {
            try {
                http.get("/x").send().body();
                return null;
            } catch (HttpException e) {
                return e.code();
            }
        });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            PROTOCOL  | garbage~
            PROTOCOL  | HTTP/2.0 200 OK~~
            PROTOCOL  | HTTP/1.1 2000 OK~~
            PROTOCOL  | HTTP/1.1 200 OK~Content-Length: 5x~~hello
            PROTOCOL  | HTTP/1.1 200 OK~Content-Length: -5~~hello
            PROTOCOL  | HTTP/1.1 200 OK~Content-Length: 5~Content-Length: 6~~hello!
            PROTOCOL  | HTTP/1.1 200 OK~no colon here~~
            PROTOCOL  | HTTP/1.1 200 OK~Transfer-Encoding: chunked~~xyz~
            PROTOCOL  | HTTP/1.1 200 OK~Transfer-Encoding: chunked~~3~abcdef~0~~
            PROTOCOL  | HTTP/1.1 200 OK~Transfer-Encoding: gzip~~body
            PROTOCOL  | HTTP/1.1 101 Switching Protocols~Upgrade: x~~
            TOO_LARGE | HTTP/1.1 200 OK~Content-Length: 1001~~
            TOO_LARGE | HTTP/1.1 200 OK~Transfer-Encoding: chunked~~fffffffffffffffffff~
            RESET     | HTTP/1.1 200 OK~Content-Length: 10~~short
            RESET     | HTTP/1.1 200 OK~Transfer-Encoding: chunked~~5~hello~
            RESET     | HTTP/1.1 200 OK~Content-Len
            """)
    void aBrokenResponseHasItsCode(Code code, String response) throws Exception {
        try (RawServer server = RawServer.start(peer -> {
            peer.request();
            peer.send(response.replace("~", "\r\n"));
            peer.socket.shutdownOutput();
            peer.awaitClose();
        })) {
            assertThat(get(client(server).build())).isEqualTo(code);
            awaitClosed(server);
        }
    }

    @Test
    void aConnectionThatEndsAtAnyByteIsAResetNeverAHang() throws Exception {
        String whole = "HTTP/1.1 200 OK\r\nX: y\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
        AtomicInteger cut = new AtomicInteger();
        try (RawServer server = RawServer.start(peer -> {
            peer.request();
            peer.send(whole.substring(0, cut.get()));
            if (cut.get() % 2 == 1) {
                peer.reset();
            }
        })) {
            Http http = owner.onVu(() -> client(server).build());
            for (; cut.get() < whole.length(); cut.incrementAndGet()) {
                assertThat(get(http)).as("after %d bytes", cut.get()).isEqualTo(Code.RESET);
            }
        }
    }

    @Test
    void endlessHeadsInterimResponsesAndDripsEndInTime() throws Exception {
        for (String endless :
                new String[] {"HTTP/1.1 200 OK\r\nX: ", "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n"}) {
            try (RawServer server = RawServer.start(peer -> {
                peer.request();
                peer.send(endless);
                while (true) {
                    peer.send(endless.startsWith("HTTP/1.1 100") ? endless : "yyyyyyyyyy");
                }
            })) {
                assertThat(get(client(server).build())).isIn(Code.TOO_LARGE, Code.PROTOCOL);
                awaitClosed(server);
            }
        }
        try (RawServer drip = RawServer.start(peer -> {
            peer.request();
            for (int i = 0; i < 1_000; i++) {
                peer.send("H".repeat(i == 0 ? 1 : 0) + (i == 1 ? "TTP/1.1 200 OK\r\nX: " : i > 1 ? "x" : ""));
                java.util.concurrent.locks.LockSupport.parkNanos(5_000_000);
            }
        })) {
            assertThat(get(client(drip).timeout(Duration.ofMillis(300)).build()))
                    .isEqualTo(Code.TIMEOUT);
        }
    }

    @Test
    void randomBytesAreAlwaysOneOfTheCodes() throws Exception {
        Random random = new Random(5);
        byte[][] noise = new byte[100][];
        for (int i = 0; i < noise.length; i++) {
            noise[i] = new byte[1 + random.nextInt(2_000)];
            random.nextBytes(noise[i]);
            if (i % 2 == 0) {
                byte[] begin = "HTTP/1.1 200 OK\r\n".getBytes(StandardCharsets.US_ASCII);
                System.arraycopy(begin, 0, noise[i], 0, Math.min(begin.length, noise[i].length));
            }
        }
        AtomicInteger next = new AtomicInteger();
        try (RawServer server = RawServer.start(peer -> peer.send(noise[next.get() % noise.length]))) {
            for (boolean http2 : new boolean[] {false, true}) {
                for (int i = 0; i < noise.length; i++, next.incrementAndGet()) {
                    Http.Builder builder = client(server);
                    Http http = http2 ? builder.http2().build() : builder.build();
                    assertThat(get(http)).as("case %d", i).isIn(EnumSet.of(Code.PROTOCOL, Code.RESET, Code.TOO_LARGE));
                }
            }
            awaitClosed(server);
        }
    }

    @Test
    void moreCodingsThanAnyServerNeedsAreRefusedNotUndone() throws Exception {
        String codings = "gzip, ".repeat(5_000) + "gzip";
        RawServer server = serve("HTTP/1.1 200 OK\r\nContent-Encoding: " + codings + "\r\nContent-Length: 1\r\n\r\nx");
        Http http = client(server).build();
        assertThat(get(http)).isEqualTo(Code.PROTOCOL);
        assertThat(owner.onVu(() -> code(() -> {
                    try (HttpStream stream = http.get("/x").stream()) {
                        stream.line();
                    }
                })))
                .isEqualTo(Code.PROTOCOL);
    }

    @Test
    void aNumberThatNothingCanHoldIsAFailedCheck() throws Exception {
        RawServer server = serve(RawServer.ok("{\"total\":1e999}"));
        owner.onVu(() -> {
            HttpResponse response = client(server).build().get("/x").send();
            assertThatThrownBy(() -> response.expectJson("/total", 5)).isInstanceOf(CheckFailedException.class);
            return null;
        });
        assertThat(owner.codes("GET /x")).isEqualTo(Map.of("CHECK_JSON", 1L));
    }

    @Test
    void whatAServerSetsAsCookiesNeverFailsARequest() throws Exception {
        String endless = "Set-Cookie: long=" + "x".repeat(5_000) + "; Path=/\r\n";
        RawServer server = serve("HTTP/1.1 200 OK\r\nSet-Cookie: ;\r\nSet-Cookie:\r\nSet-Cookie: =;=;=\r\n"
                + "Set-Cookie: late=1; Path=/\r\n" + endless
                + "Content-Length: 0\r\n\r\n");
        Http http = client(server).build();
        assertThat(get(http)).isNull();
        assertThat(get(http)).isNull();
        assertThat(server.requests.getLast().header("cookie")).isEqualTo("late=1");
    }

    // ---- first byte, idle

    @Test
    void aServerThatThinksTooLongIsATimeoutButOneThatSendsSlowlyIsNot() throws Exception {
        try (RawServer server = RawServer.start(peer -> {
                    for (RawServer.Received r = peer.request(); r != null; r = peer.request()) {
                        peer.send("HTTP/1.1 200 OK\r\n");
                        java.util.concurrent.locks.LockSupport.parkNanos(400_000_000);
                        peer.send("Content-Length: 0\r\n\r\n");
                    }
                });
                RawServer silent = RawServer.start(peer -> {
                    peer.request();
                    peer.awaitClose();
                });
                Http2Server silent2 = Http2Server.start(new Http2Settings(), asked -> {})) {
            assertThat(get(client(server)
                            .firstByteTimeout(Duration.ofMillis(200))
                            .build()))
                    .isNull();
            long start = System.nanoTime();
            assertThat(get(client(silent)
                            .firstByteTimeout(Duration.ofMillis(200))
                            .build()))
                    .isEqualTo(Code.TIMEOUT);
            assertThat(get(owner.http(silent2.url())
                            .http2()
                            .firstByteTimeout(Duration.ofMillis(200))
                            .build()))
                    .isEqualTo(Code.TIMEOUT);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
        }
        assertThat(owner.errors()).anySatisfy(e -> assertThat(e.message()).contains("first-byte timeout"));
    }

    @Test
    void anIdleConnectionIsClosedAfterItsTimeAndABusyOneIsNot() throws Exception {
        try (RawServer server = RawServer.start(RawServer.always(RawServer.ok("x")))) {
            Http http = owner.onVu(
                    () -> client(server).idleTimeout(Duration.ofMillis(1_500)).build());
            for (int i = 0; i < 20; i++) {
                assertThat(get(http)).isNull();
            }
            assertThat(server.accepted).hasValue(1);
            awaitClosed(server);
            assertThat(get(http)).isNull();
            assertThat(server.accepted).hasValue(2);
        }
    }
}
