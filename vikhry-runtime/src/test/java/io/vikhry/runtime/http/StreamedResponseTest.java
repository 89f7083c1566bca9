package io.vikhry.runtime.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.handler.codec.http2.Http2Settings;
import io.vikhry.api.CheckFailedException;
import io.vikhry.api.Http;
import io.vikhry.api.HttpException.Code;
import io.vikhry.api.HttpStream;
import io.vikhry.api.ServerSentEvent;
import io.vikhry.runtime.metrics.Phase;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Responses that are read while they come. */
@Timeout(60)
@Tag("beside")
class StreamedResponseTest extends HttpFixture {
    private static String chunk(String text) {
        return Integer.toHexString(text.getBytes(UTF_8).length) + "\r\n" + text + "\r\n";
    }

    @Test
    void eachPieceIsThereBeforeTheServerSendsTheNextAndTheConnectionIsKept() throws Exception {
        CountDownLatch[] read = {new CountDownLatch(1), new CountDownLatch(1)};
        RawServer server = serve(peer -> {
            while (peer.request() != null) {
                peer.send("HTTP/1.1 200 OK\r\nX-A: b\r\nTransfer-Encoding: chunked\r\n\r\n");
                peer.send(chunk("one"));
                read[0].await();
                peer.send(chunk("two"));
                read[1].await();
                peer.send(chunk("three") + "0\r\nX-Sum: 11\r\n\r\n");
            }
        });
        owner.onVu(() -> {
            Http http = owner.http(server.url()).build();
            try (HttpStream stream = http.get("/s").stream()) {
                assertThat(stream.status()).isEqualTo(200);
                assertThat(stream.header("x-a")).contains("b");
                assertThat(stream.next()).contains("one".getBytes(UTF_8));
                read[0].countDown();
                assertThat(stream.next()).contains("two".getBytes(UTF_8));
                assertThat(stream.trailer("x-sum")).isEmpty();
                read[1].countDown();
                assertThat(stream.next()).contains("three".getBytes(UTF_8));
                assertThat(stream.next()).isEmpty();
                assertThat(stream.next()).isEmpty();
                assertThat(stream.trailer("x-sum")).contains("11");
                assertThat(stream.header("x-sum")).isEmpty();
            }
            assertThat(http.get("/s").send().text()).isEqualTo("onetwothree");
            return null;
        });
        assertThat(server.accepted).hasValue(1);
        assertThat(owner.codes("GET /s")).isEqualTo(Map.of("200", 2L));
        assertThat(owner.all("GET /s").getFirst().phases().count(Phase.RECEIVE)).isPositive();
    }

    @Test
    void aServerIsHeldBackUntilTheUserReadsAndNothingIsLost() throws Exception {
        int total = 24 << 20;
        AtomicLong sent = new AtomicLong();
        byte[] block = new byte[1 << 16];
        new Random(1).nextBytes(block);
        RawServer server = serve(peer -> {
            peer.request();
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: " + total + "\r\n\r\n");
            for (int n = 0; n < total; n += block.length) {
                peer.send(block);
                sent.addAndGet(block.length);
            }
            peer.request();
            peer.send(RawServer.ok("next"));
        });
        owner.onVu(() -> {
            Http http = owner.http(server.url()).build();
            long got = 0;
            try (HttpStream stream = http.get("/big").maxBody(total).stream()) {
                AtomicLong before = new AtomicLong(-1);
                // Until nothing moves any more: the sockets' own buffers are full.
                await().atMost(Duration.ofSeconds(20))
                        .pollInterval(Duration.ofMillis(300))
                        .until(() -> before.getAndSet(sent.get()) == sent.get());
                assertThat(sent.get()).isLessThan(total - (4 << 20));
                for (byte[] piece = stream.next().orElse(null);
                        piece != null;
                        piece = stream.next().orElse(null)) {
                    for (int i = 0; i < piece.length; i += 997) {
                        assertThat(piece[i]).isEqualTo(block[(int) ((got + i) & (block.length - 1))]);
                    }
                    got += piece.length;
                }
            }
            assertThat(got).isEqualTo(total);
            assertThat(http.get("/next").send().text()).isEqualTo("next");
            return null;
        });
        assertThat(server.accepted).hasValue(1);
    }

    @Test
    void aStreamOfHttp2ThatIsNotReadIsHeldBackAndHoldsBackNoOther() throws Exception {
        byte[] big = new byte[6_000_000];
        new Random(2).nextBytes(big);
        Http2Server server = Http2Server.start(new Http2Settings(), asked -> {
            asked.head(200, false);
            asked.data(asked.path().equals("/big") ? big : "small".getBytes(UTF_8), true);
        });
        servers.add(server);
        owner.onVu(() -> {
            Http http = owner.http(server.url()).http2().build();
            try (HttpStream stream = http.get("/big").stream()) {
                for (int i = 0; i < 50; i++) {
                    assertThat(http.get("/small").send().text()).isEqualTo("small");
                }
                ByteArrayOutputStream all = new ByteArrayOutputStream();
                stream.forEach(all::writeBytes);
                assertThat(all.toByteArray()).isEqualTo(big);
            }
            try (HttpStream cut = http.get("/big").stream()) {
                assertThat(cut.next()).isPresent();
            }
            return http.get("/small").send().expectStatus(200);
        });
        assertThat(server.accepted).hasValue(1);
        assertThat(owner.codes("GET /big")).isEqualTo(Map.of("200", 2L));
    }

    @Test
    void serverSentEventsAreReadAsTheyComeAndEndingThemEarlyIsNoFailure() throws Exception {
        RawServer server = serve(peer -> {
            peer.request();
            peer.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n\u00ef\u00bb\u00bf: hi\n\n");
            for (int i = 0; ; i++) {
                peer.send("id: " + i + "\r\nevent: price\rdata: {\"n\":" + i + "}\ndata:more\nretry: 5\n\r\n");
            }
        });
        owner.onVu(() -> {
            Http http = owner.http(server.url()).build();
            try (HttpStream stream = http.get("/events").stream().expectStatus(200)) {
                for (int i = 0; i < 1_000; i++) {
                    assertThat(stream.event())
                            .contains(new ServerSentEvent("price", "{\"n\":" + i + "}\nmore", "" + i));
                }
            }
            return null;
        });
        await().atMost(Duration.ofSeconds(5)).until(() -> server.openConnections() == 0);
        assertThat(owner.codes("GET /events")).isEqualTo(Map.of("200", 1L));
        assertThat(owner.failures("GET /events")).isZero();
    }

    @Test
    void whatBreaksOffSaysSoAfterWhatCame() throws Exception {
        RawServer server = serve(peer -> {
            switch (peer.request().target()) {
                case "/reset" -> peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfive!");
                case "/chunk" ->
                    peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk("a") + "x\r\n");
                case "/large" -> {
                    peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk("a".repeat(60)));
                    peer.send(chunk("b".repeat(60)));
                }
                default -> {
                    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfive!");
                    peer.awaitClose();
                }
            }
        });
        owner.onVu(() -> {
            Http http = owner.http(server.url()).maxBody(100).build();
            Map<String, Code> all = Map.of(
                    "/reset", Code.RESET, "/chunk", Code.PROTOCOL, "/large", Code.TOO_LARGE, "/slow", Code.TIMEOUT);
            all.forEach((path, code) -> {
                Duration timeout = code == Code.TIMEOUT ? Duration.ofMillis(500) : Duration.ofSeconds(20);
                try (HttpStream stream = http.get(path).timeout(timeout).stream()) {
                    assertThat(stream.next()).as(path).isPresent();
                    assertThat(code(() -> stream.forEach(p -> {}))).as(path).isEqualTo(code);
                    assertThat(code(stream::next)).as(path).isEqualTo(code);
                }
            });
            Http patient = owner.http(server.url())
                    .stallTimeout(Duration.ofMillis(500))
                    .build();
            try (HttpStream stream = patient.get("/stall").stream()) {
                assertThat(stream.next()).isPresent();
                assertThat(code(stream::next)).isEqualTo(Code.TIMEOUT);
            }
            return null;
        });
        await().atMost(Duration.ofSeconds(5)).until(() -> server.openConnections() == 0);
        assertThat(owner.codes("GET /large")).isEqualTo(Map.of("TOO_LARGE", 1L));
        assertThat(owner.codes("GET /stall")).isEqualTo(Map.of("TIMEOUT", 1L));
    }

    @Test
    void oneLeftOpenEndsWithTheUserAndOneInterruptedAtOnce() throws Exception {
        RawServer server = serve(peer -> {
            peer.request();
            peer.send("HTTP/1.1 200 OK\r\n\r\nx");
            peer.awaitClose();
        });
        Http http = owner.http(server.url()).build();
        owner.onVu(() -> http.get("/left").stream());
        CompletableFuture<Thread> reader = new CompletableFuture<>();
        CompletableFuture<Code> ended = owner.start(() -> {
            try (HttpStream stream = http.get("/interrupted").stream()) {
                stream.next();
                reader.complete(Thread.currentThread());
                Code code = code(stream::next);
                assertThat(Thread.currentThread().isInterrupted()).isTrue();
                return code;
            }
        });
        reader.get(5, TimeUnit.SECONDS).interrupt();
        assertThat(ended.get(5, TimeUnit.SECONDS)).isEqualTo(Code.CANCELLED);
        http.close();
        await().atMost(Duration.ofSeconds(5)).until(() -> server.openConnections() == 0);
        assertThat(owner.codes("GET /left")).isEqualTo(Map.of("CANCELLED", 1L));
    }

    @Test
    void redirectsAreFollowedCookiesKeptAndBodiesSentAndDecompressed() throws Exception {
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(zipped, true)) {
            gzip.write("line 1\nline 2\r\nü".getBytes(UTF_8));
        }
        RawServer server = serve(peer -> {
            for (RawServer.Received r = peer.request(); r != null; r = peer.request()) {
                if (r.target().equals("/from")) {
                    peer.send("HTTP/1.1 307 T\r\nLocation: /to\r\nSet-Cookie: a=b\r\nContent-Length: 300000\r\n\r\n");
                    peer.send("x".repeat(300_000));
                } else {
                    peer.send("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: " + zipped.size()
                            + "\r\n\r\n");
                    byte[] bytes = zipped.toByteArray();
                    peer.send(Arrays.copyOf(bytes, 20));
                    peer.send(Arrays.copyOfRange(bytes, 20, bytes.length));
                }
            }
        });
        byte[] body = new byte[200_000];
        owner.onVu(() -> {
            Http http = owner.http(server.url()).redirects(3).build();
            try (HttpStream stream = http.post("/from").body(() -> new ByteArrayInputStream(body), "a/b").stream()) {
                assertThat(stream.line()).contains("line 1");
                assertThat(stream.line()).contains("line 2");
                assertThat(stream.next()).contains("ü".getBytes(UTF_8));
                assertThat(stream.line()).isEmpty();
            }
            return null;
        });
        assertThat(server.accepted).hasValue(1);
        assertThat(server.requests.getLast().header("cookie")).isEqualTo("a=b");
        assertThat(server.requests.getLast().body()).hasSize(body.length);
        assertThat(owner.codes("POST /from")).isEqualTo(Map.of("200", 1L, "307", 1L));
    }

    @Test
    void aCompressedOneThatWasReadToItsEndKeepsItsConnectionThoughTheFramingEndsLater() throws Exception {
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(zipped)) {
            gzip.write("text".getBytes(UTF_8));
        }
        ByteArrayOutputStream deflated = new ByteArrayOutputStream();
        try (DeflaterOutputStream deflate = new DeflaterOutputStream(deflated)) {
            deflate.write("texttext".getBytes(UTF_8));
        }
        RawServer server = serve(peer -> {
            for (RawServer.Received r = peer.request(); r != null; r = peer.request()) {
                boolean gzip = r.target().equals("/gzip");
                peer.send("HTTP/1.1 200 OK\r\nContent-Encoding: " + r.target().substring(1)
                        + "\r\nTransfer-Encoding: chunked\r\n\r\n");
                for (int member = gzip ? 2 : 1; member > 0; member--) {
                    byte[] bytes = (gzip ? zipped : deflated).toByteArray();
                    peer.send(Integer.toHexString(bytes.length) + "\r\n");
                    peer.send(bytes);
                    peer.send("\r\n");
                    LockSupport.parkNanos(50_000_000);
                }
                peer.send("0\r\n\r\n");
            }
        });
        owner.onVu(() -> {
            Http http = owner.http(server.url()).build();
            for (String path : List.of("/gzip", "/deflate", "/gzip")) {
                try (HttpStream stream = http.get(path).stream()) {
                    assertThat(stream.body().readAllBytes()).isEqualTo("texttext".getBytes(UTF_8));
                }
            }
            return null;
        });
        assertThat(server.accepted).hasValue(1);
    }

    @Test
    void aFailedCheckTurnsTheSampleIntoAFailureWheneverItIsMade() throws Exception {
        RawServer server = serve(RawServer.always("HTTP/1.1 201 C\r\nContent-Length: 3\r\n\r\nabc"));
        owner.onVu(() -> {
            Http http = owner.http(server.url()).build();
            assertThatThrownBy(() -> http.get("/early").stream().expectStatus(200))
                    .isInstanceOf(CheckFailedException.class)
                    .hasMessageContaining("came status 201");
            try (HttpStream stream = http.get("/late").stream()) {
                stream.forEach(p -> {});
                stream.failed("CHECK_MINE", "it is not mine");
            }
            return null;
        });
        assertThat(owner.codes("GET /early")).isEqualTo(Map.of("CHECK_STATUS", 1L));
        assertThat(owner.codes("GET /late")).isEqualTo(Map.of("CHECK_MINE", 1L));
        assertThat(owner.failures("GET /early") + owner.failures("GET /late")).isEqualTo(2);
        assertThat(owner.errors())
                .anySatisfy(e -> assertThat(e.message()).contains("it is not mine"))
                .hasSize(2);
    }
}
