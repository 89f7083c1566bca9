package io.vikhry.runtime.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.vikhry.api.Http;
import io.vikhry.api.HttpException;
import io.vikhry.api.HttpException.Code;
import io.vikhry.runtime.metrics.SeriesSnapshot;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
@Tag("beside")
class HttpFailuresTest extends HttpFixture {
    private HttpException failure(Http http, String path) {
        try {
            http.get(path).send();
        } catch (HttpException e) {
            return e;
        }
        throw new AssertionError("no failure");
    }

    @Test
    void aRequestThatGetsNoAnswerEndsWithItsTimeoutAndTheTimeItTook() throws Exception {
        RawServer server = serve(peer -> {
            peer.request();
            peer.send("HTTP/1.1 200 OK\r\nContent-Le");
            peer.awaitClose();
        });
        long start = System.nanoTime();
        HttpException e = owner.onVu(() ->
                failure(owner.http(server.url()).timeout(Duration.ofMillis(600)).build(), "/slow"));
        assertThat(System.nanoTime() - start).isBetween(600_000_000L, 10_000_000_000L);
        assertThat(e.code()).isEqualTo(Code.TIMEOUT);
        assertThat(e).hasMessageContaining("GET " + server.url() + "/slow");
        SeriesSnapshot series = owner.all("GET /slow").getFirst();
        assertThat(series.codes()).isEqualTo(Map.of("TIMEOUT", 1L));
        assertThat(series.response().getMinValue()).isBetween(599_000L, 10_000_000L);
        assertThat(series.bytesReceived()).isEqualTo("HTTP/1.1 200 OK\r\nContent-Le".length());
        await().atMost(Duration.ofSeconds(5)).until(() -> server.openConnections() == 0);
    }

    @Test
    void aShorterTimeoutOnAKeptConnectionStrikesInItsTime() throws Exception {
        RawServer server = serve(peer -> {
            peer.request();
            peer.send(RawServer.ok(""));
            peer.request();
            peer.awaitClose();
        });
        long took = owner.onVu(() -> {
            Http http = owner.http(server.url()).build();
            http.get("/a").send();
            long start = System.nanoTime();
            assertThatThrownBy(
                            () -> http.get("/b").timeout(Duration.ofMillis(100)).send())
                    .hasMessageContaining("TIMEOUT");
            return System.nanoTime() - start;
        });
        assertThat(took).isBetween(100_000_000L, 2_000_000_000L);
    }

    @Test
    void aClosedPortIsRefusedAndAnUnknownNameDoesNotResolve() throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        owner.onVu(() -> {
            HttpException refused =
                    failure(owner.http(URI.create("http://127.0.0.1:" + port)).build(), "/r");
            assertThat(refused.code()).isEqualTo(Code.CONNECT_REFUSED);
            HttpException unknown = failure(
                    owner.http(URI.create("http://no-such-host.invalid")).build(), "/d");
            assertThat(unknown.code()).isEqualTo(Code.DNS);
            return null;
        });
        assertThat(owner.codes("GET /r")).isEqualTo(Map.of("CONNECT_REFUSED", 1L));
        assertThat(owner.codes("GET /d")).isEqualTo(Map.of("DNS", 1L));
    }

    @Test
    void aConnectionThatTheSystemItselfRefusesIsFailed() throws Exception {
        RawServer server = serve(RawServer.ok("x"));
        // An address for documentation: no machine has it, so nothing can be sent from it.
        HttpException e = owner.onVu(() ->
                failure(owner.http(server.url()).localAddresses("192.0.2.1").build(), "/f"));
        assertThat(e.code()).isEqualTo(Code.CONNECT_FAILED);
        assertThat(e).hasMessageContaining("from 192.0.2.1");
        assertThat(server.accepted).hasValue(0);
    }

    @Test
    void aConnectionThatIsNotAcceptedEndsWithTheConnectTimeout() throws Exception {
        try (ServerSocket full = new ServerSocket(0, 1)) {
            URI url = URI.create("http://127.0.0.1:" + full.getLocalPort());
            // A backlog that is full leaves the next connections without an answer.
            List<CompletableFuture<HttpException>> all = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                all.add(owner.start(() -> failure(
                        owner.http(url)
                                .connectTimeout(Duration.ofMillis(300))
                                .timeout(Duration.ofMillis(900))
                                .build(),
                        "/c")));
            }
            List<Code> codes = new ArrayList<>();
            for (CompletableFuture<HttpException> each : all) {
                codes.add(each.get(10, TimeUnit.SECONDS).code());
            }
            assertThat(codes).contains(Code.CONNECT_TIMEOUT).containsOnly(Code.CONNECT_TIMEOUT, Code.TIMEOUT);
        }
    }

    @Test
    void aConnectionThatBreaksAtAnyByteIsAReset() throws Exception {
        byte[] response = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello".getBytes(ISO_8859_1);
        AtomicInteger cut = new AtomicInteger();
        RawServer server = serve(peer -> {
            RawServer.Received r = peer.request();
            if (r != null) {
                peer.send(Arrays.copyOf(response, cut.getAndIncrement()));
                if (r.target().equals("/rst")) {
                    peer.reset();
                }
            }
        });
        owner.onVu(() -> {
            Http http = owner.http(server.url()).build();
            for (String path : List.of("/fin", "/rst")) {
                cut.set(0);
                for (int i = 0; i < response.length; i++) {
                    HttpException e = failure(http, path);
                    assertThat(e.code()).as("%s after %d bytes: %s", path, i, e).isEqualTo(Code.RESET);
                }
            }
            return null;
        });
        assertThat(owner.codes("GET /fin")).isEqualTo(Map.of("RESET", (long) response.length));
        assertThat(owner.codes("GET /rst")).isEqualTo(Map.of("RESET", (long) response.length));
    }

    @Test
    void garbageIsAProtocolFailureAndAHugeHeadOrBodyIsTooLarge() throws Exception {
        RawServer server = serve(peer -> {
            RawServer.Received r = peer.request();
            switch (r.target()) {
                case "/garbage" -> peer.send("SSH-2.0-OpenSSH\r\n");
                case "/head" -> peer.send("HTTP/1.1 200 OK\r\n" + "A: b\r\n".repeat(20_000));
                default -> peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffff\r\n");
            }
            peer.awaitClose();
        });
        owner.onVu(() -> {
            Http http = owner.http(server.url()).maxBody(100_000).build();
            assertThat(failure(http, "/garbage").code()).isEqualTo(Code.PROTOCOL);
            assertThat(failure(http, "/head").code()).isEqualTo(Code.TOO_LARGE);
            assertThat(failure(http, "/body").code()).isEqualTo(Code.TOO_LARGE);
            return null;
        });
        assertThat(owner.codes("GET /garbage")).isEqualTo(Map.of("PROTOCOL", 1L));
        await().atMost(Duration.ofSeconds(5)).until(() -> server.openConnections() == 0);
    }

    @Test
    void anInterruptCancelsTheRequestAndIsNotLost() throws Exception {
        CountDownLatch arrived = new CountDownLatch(1);
        RawServer server = serve(peer -> {
            peer.request();
            arrived.countDown();
            peer.awaitClose();
        });
        CompletableFuture<Thread> vu = new CompletableFuture<>();
        CompletableFuture<Boolean> interrupted = owner.start(() -> {
            Http http = owner.http(server.url()).build();
            vu.complete(Thread.currentThread());
            assertThat(failure(http, "/wait").code()).isEqualTo(Code.CANCELLED);
            boolean still = Thread.currentThread().isInterrupted();
            assertThat(failure(http, "/never").code()).isEqualTo(Code.CANCELLED);
            return still & Thread.interrupted();
        });
        assertThat(arrived.await(10, TimeUnit.SECONDS)).isTrue();
        vu.get(1, TimeUnit.SECONDS).interrupt();

        assertThat(interrupted.get(5, TimeUnit.SECONDS)).isTrue();
        assertThat(owner.codes("GET /wait")).isEqualTo(Map.of("CANCELLED", 1L));
        assertThat(owner.codes("GET /never")).isEmpty();
        await().atMost(Duration.ofSeconds(5)).until(() -> server.openConnections() == 0);
    }

    @Test
    void aKeptConnectionThatTheServerGaveUpIsReplacedForSafeMethodsOnly() throws Exception {
        RawServer server = serve(peer -> {
            peer.request();
            peer.send(RawServer.ok("x"));
            // The second request on a connection is met by a close, as when the server's idle timeout strikes just
            // then.
            peer.request();
        });
        owner.onVu(() -> {
            Http http = owner.http(server.url()).build();
            for (int i = 0; i < 5; i++) {
                assertThat(http.get("/get").send().status()).isEqualTo(200);
            }
            assertThatThrownBy(() -> http.post("/post").send())
                    .isInstanceOfSatisfying(
                            HttpException.class, e -> assertThat(e.code()).isEqualTo(Code.RESET));
            return http.get("/get").send();
        });
        assertThat(owner.codes("GET /get")).isEqualTo(Map.of("200", 6L));
        assertThat(owner.codes("POST /post")).isEqualTo(Map.of("RESET", 1L));
    }

    @Test
    void aConnectionThatIsOutOfStepIsNotUsedAgain() throws Exception {
        RawServer server = serve(peer -> {
            while (peer.request() != null) {
                peer.send(RawServer.ok("x") + RawServer.ok("unasked"));
            }
        });
        owner.onVu(() -> {
            Http http = owner.http(server.url()).build();
            for (int i = 0; i < 3; i++) {
                assertThat(http.get("/").send().text()).isEqualTo("x");
            }
            return null;
        });
        assertThat(server.accepted).hasValue(3);
    }
}
