package io.vikhry.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.handler.codec.http2.Http2Settings;
import io.vikhry.api.Http;
import io.vikhry.api.HttpException;
import io.vikhry.api.HttpResponse;
import io.vikhry.runtime.metrics.Phase;
import io.vikhry.runtime.metrics.PhaseTimes;
import io.vikhry.runtime.metrics.SeriesSnapshot;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Where a request's time went. */
@Timeout(60)
class PhasesTest extends HttpFixture {
    private static final long STALL_NANOS = 60_000_000;

    @TempDir
    private static Path directory;

    /** Counts and times of a series, over all its seconds. */
    private record Seen(Map<Phase, Long> counts, Map<Phase, Long> nanos, long serviceNanos) {
        /** Ends the collecting. */
        static Seen of(TestOwner owner, String series) {
            Map<Phase, Long> counts = new EnumMap<>(Phase.class);
            Map<Phase, Long> nanos = new EnumMap<>(Phase.class);
            double micros = 0;
            for (SeriesSnapshot second : owner.all(series)) {
                PhaseTimes times = second.phases();
                for (Phase phase : Phase.values()) {
                    counts.merge(phase, times.count(phase), Long::sum);
                    nanos.merge(phase, times.sumNanos(phase), Long::sum);
                    assertThat(times.maxNanos(phase)).isLessThanOrEqualTo(times.sumNanos(phase));
                }
                micros += second.response().getMean() * second.count();
            }
            return new Seen(counts, nanos, (long) (micros * 1_000));
        }

        long sum() {
            return nanos.values().stream().mapToLong(Long::longValue).sum();
        }
    }

    private static void slowly(RawServer.Peer peer) throws Exception {
        while (peer.request() != null) {
            LockSupport.parkNanos(STALL_NANOS);
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab");
            LockSupport.parkNanos(2 * STALL_NANOS);
            peer.send("cd");
        }
    }

    @Test
    void theyAddUpToTheServiceTimeAndOnlyTheFirstRequestConnects() throws Exception {
        TestKey key = TestKey.make(directory, "phases");
        try (RawServer plain = RawServer.start(PhasesTest::slowly);
                RawServer tls = RawServer.start(
                        key.serverContext(null).getServerSocketFactory().createServerSocket(0), PhasesTest::slowly)) {
            for (RawServer server : new RawServer[] {plain, tls}) {
                String name = "GET " + server.url().getScheme();
                owner.onVu(() -> {
                    Http http = owner.http(server.url("localhost")).insecure().build();
                    for (int i = 0; i < 3; i++) {
                        http.get("/").name(name).send();
                    }
                    return null;
                });
            }
            for (RawServer server : new RawServer[] {plain, tls}) {
                Seen seen = Seen.of(owner, "GET " + server.url().getScheme());
                long handshakes = server == tls ? 1 : 0;
                assertThat(seen.counts)
                        .isEqualTo(Map.of(
                                Phase.BLOCKED,
                                1L,
                                Phase.DNS,
                                1L,
                                Phase.CONNECT,
                                1L,
                                Phase.TLS,
                                handshakes,
                                Phase.SEND,
                                3L,
                                Phase.WAIT,
                                3L,
                                Phase.RECEIVE,
                                3L));
                // Where the loop is held up after a write, some of the waiting counts as sending.
                assertThat(seen.nanos.get(Phase.SEND) + seen.nanos.get(Phase.WAIT))
                        .isGreaterThan(3 * STALL_NANOS);
                assertThat(seen.nanos.get(Phase.RECEIVE)).isGreaterThan(2 * STALL_NANOS);
                assertThat(seen.nanos.get(Phase.TLS) > 0).isEqualTo(server == tls);
                // The histogram rounds to 3 digits.
                assertThat((double) seen.sum()).isBetween(seen.serviceNanos * 0.998, seen.serviceNanos * 1.002);
            }
        }
    }

    @Test
    void aStreamOfHttp2HasThemToo() throws Exception {
        try (Http2Server server = Http2Server.start(new Http2Settings(), asked -> {
            LockSupport.parkNanos(STALL_NANOS);
            asked.head(200, false);
            asked.ctx().executor().schedule(() -> asked.data(new byte[9], true), 120, TimeUnit.MILLISECONDS);
        })) {
            owner.onVu(() -> {
                Http http = owner.http(server.url()).http2().build();
                http.get("/").name("GET 2").send();
                return http.get("/").name("GET 2").send();
            });
        }
        Seen seen = Seen.of(owner, "GET 2");
        assertThat(seen.counts).containsEntry(Phase.CONNECT, 1L).containsEntry(Phase.WAIT, 2L);
        assertThat(seen.nanos.get(Phase.SEND) + seen.nanos.get(Phase.WAIT)).isGreaterThan(STALL_NANOS);
        assertThat(seen.nanos.get(Phase.RECEIVE)).isGreaterThan(60_000_000L);
        assertThat((double) seen.sum()).isBetween(seen.serviceNanos * 0.998, seen.serviceNanos * 1.002);
    }

    @Test
    void whatTheServerDoesNotTakeYetIsStillBeingSent() throws Exception {
        AtomicLong fromCreditToAnswer = new AtomicLong();
        try (RawServer server = RawServer.start(peer -> {
            peer.send(new Http2Frames().settings().bytes());
            InputStream in = peer.socket.getInputStream();
            in.readNBytes(60_000);
            LockSupport.parkNanos(2 * STALL_NANOS);
            byte[] more = Http2Frames.number(100_000);
            long credited = System.nanoTime();
            peer.send(new Http2Frames()
                    .frame(Http2Frames.WINDOW_UPDATE, 0, 0, more)
                    .frame(Http2Frames.WINDOW_UPDATE, 0, 3, more)
                    .bytes());
            in.readNBytes(40_000);
            LockSupport.parkNanos(2 * STALL_NANOS);
            fromCreditToAnswer.set(System.nanoTime() - credited);
            peer.send(new Http2Frames().ok(3, true).bytes());
            peer.drain();
        })) {
            // More than the 65,535 bytes that may be sent before the server says anything.
            owner.onVu(() -> owner.http(server.url())
                    .http2()
                    .build()
                    .post("/")
                    .name("POST window")
                    .body(new byte[100_000], "a/b")
                    .send());
        }
        Seen seen = Seen.of(owner, "POST window");
        assertThat(seen.nanos.get(Phase.SEND)).isGreaterThan(STALL_NANOS);
        assertThat(seen.nanos.get(Phase.WAIT)).isBetween(STALL_NANOS, fromCreditToAnswer.get() + STALL_NANOS);
        assertThat((double) seen.sum()).isBetween(seen.serviceNanos * 0.998, seen.serviceNanos * 1.002);
    }

    @Test
    void whatWaitedAndHadToPassTheGateOnceMoreWasBlockedAndTheGateIsNoPhase() throws Exception {
        AtomicInteger passes = new AtomicInteger();
        owner.gate = new Gate() {
            @Override
            public void pass() {
                if (passes.incrementAndGet() == 3) {
                    LockSupport.parkNanos(3 * STALL_NANOS);
                }
            }

            @Override
            public boolean isOpen() {
                return passes.get() != 2;
            }
        };
        CountDownLatch held = new CountDownLatch(1);
        try (RawServer server = RawServer.start(peer -> {
            for (RawServer.Received r = peer.request(); r != null; r = peer.request()) {
                if (r.target().equals("/held")) {
                    held.countDown();
                    LockSupport.parkNanos(2 * STALL_NANOS);
                }
                peer.send(RawServer.ok("x"));
            }
        })) {
            Http http = owner.http(server.url()).sharedConnections(1).build();
            CompletableFuture<?> first = owner.start(() -> http.get("/held").send());
            assertThat(held.await(10, TimeUnit.SECONDS)).isTrue();
            owner.onVu(() -> http.get("/waits").send());
            first.get(10, TimeUnit.SECONDS);
        }
        assertThat(passes).hasValue(3);
        Seen seen = Seen.of(owner, "GET /waits");
        assertThat(seen.nanos.get(Phase.BLOCKED)).isGreaterThan(STALL_NANOS);
        assertThat(seen.nanos.get(Phase.SEND)).isLessThan(STALL_NANOS);
        assertThat((double) seen.sum()).isBetween(seen.serviceNanos * 0.998, seen.serviceNanos * 1.002);
        assertThat(seen.serviceNanos).isLessThan(3 * STALL_NANOS);
    }

    @Test
    void whoOpenedAConnectionAndHadToPassTheGateOnceMoreKeepsThePhasesOfTheOpening() throws Exception {
        AtomicInteger passes = new AtomicInteger();
        owner.gate = new Gate() {
            @Override
            public void pass() {
                if (passes.incrementAndGet() == 2) {
                    LockSupport.parkNanos(3 * STALL_NANOS);
                }
            }

            @Override
            public boolean isOpen() {
                return passes.get() != 1;
            }
        };
        TestKey key = TestKey.make(directory, "again");
        try (RawServer server =
                RawServer.start(key.serverContext(null).getServerSocketFactory().createServerSocket(0), peer -> {
                    // The handshake begins with the first reading.
                    LockSupport.parkNanos(STALL_NANOS);
                    slowly(peer);
                })) {
            owner.onVu(() -> owner.http(server.url("localhost"))
                    .insecure()
                    .build()
                    .get("/")
                    .name("GET again")
                    .send());
        }
        Seen seen = Seen.of(owner, "GET again");
        assertThat(seen.nanos.get(Phase.TLS)).isGreaterThan(STALL_NANOS / 2);
        assertThat(seen.nanos.get(Phase.SEND)).isLessThan(2 * STALL_NANOS);
        assertThat((double) seen.sum()).isBetween(seen.serviceNanos * 0.998, seen.serviceNanos * 1.002);
    }

    @Test
    void whoTakesOverAConnectionThatWasOpenedForAnotherWasBlockedUntilThen() throws Exception {
        TestKey key = TestKey.make(directory, "old");
        CountDownLatch timedOut = new CountDownLatch(1);
        try (RawServer server =
                RawServer.start(key.serverContext(null).getServerSocketFactory().createServerSocket(0), peer -> {
                    timedOut.await();
                    slowly(peer);
                })) {
            Http http = owner.http(server.url("localhost")).insecure().http2().build();
            CompletableFuture<HttpException.Code> first = owner.start(() -> {
                try {
                    http.get("/").timeout(Duration.ofSeconds(1)).send();
                    return null;
                } catch (HttpException e) {
                    return e.code();
                }
            });
            await().pollInterval(Duration.ofMillis(1)).until(() -> server.accepted.get() == 1);
            CompletableFuture<HttpResponse> second =
                    owner.start(() -> http.get("/").name("GET old").send());
            assertThat(first.get(10, TimeUnit.SECONDS)).isEqualTo(HttpException.Code.TIMEOUT);
            timedOut.countDown();
            second.get(10, TimeUnit.SECONDS);
            assertThat(server.accepted).hasValue(1);
        }
        Seen seen = Seen.of(owner, "GET old");
        assertThat(seen.counts)
                .containsEntry(Phase.BLOCKED, 1L)
                .containsEntry(Phase.TLS, 0L)
                .containsEntry(Phase.SEND, 1L)
                .containsEntry(Phase.WAIT, 1L);
        assertThat(seen.nanos.get(Phase.BLOCKED)).isGreaterThan(2 * STALL_NANOS);
        assertThat((double) seen.sum()).isBetween(seen.serviceNanos * 0.998, seen.serviceNanos * 1.002);
    }

    @Test
    void aRequestThatFailsWasInThePhaseInWhichItEnded() throws Exception {
        try (RawServer silent = RawServer.start(peer -> {
            peer.request();
            peer.awaitClose();
        })) {
            owner.onVu(() -> {
                for (URI url : new URI[] {silent.url(), URI.create("http://nobody.invalid")}) {
                    try {
                        owner.http(url)
                                .timeout(Duration.ofMillis(600))
                                .build()
                                .get("/")
                                .name(url.getHost())
                                .send();
                    } catch (HttpException e) {
                        assertThat(e.code()).isIn(HttpException.Code.TIMEOUT, HttpException.Code.DNS);
                    }
                }
                return null;
            });
        }
        Seen silent = Seen.of(owner, "127.0.0.1");
        assertThat(silent.counts).containsEntry(Phase.WAIT, 1L);
        assertThat(silent.sum()).isGreaterThan(590_000_000L);
        assertThat(silent.counts).containsEntry(Phase.RECEIVE, 0L);
        Seen unknown = Seen.of(owner, "nobody.invalid");
        assertThat(unknown.counts)
                .containsEntry(Phase.DNS, 1L)
                .containsEntry(Phase.CONNECT, 0L)
                .containsEntry(Phase.SEND, 0L)
                .containsEntry(Phase.WAIT, 0L);
    }
}
