package io.vikhry.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vikhry.api.Http;
import io.vikhry.api.HttpException.Code;
import io.vikhry.api.HttpRequest;
import io.vikhry.api.HttpStream;
import io.vikhry.runtime.metrics.SeriesSnapshot;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Wherever a request is when it is cut off, it is recorded with its code and its time, its user goes on at once, and its
 * connection is closed.
 */
@Timeout(60)
@Tag("beside")
class CutOffTest extends HttpFixture {
    private static final Duration EARLY = Duration.ofMillis(150);
    private static final String HALF = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf";
    private static final byte[] NO_STREAMS = begin(3, 0);
    private static final byte[] NO_WINDOW = begin(4, 0);
    private static final byte[] HALF_STREAM =
            new Http2Frames().settings().ok(3, false).data(3, 5, false).bytes();

    /** What cuts the requests off. */
    enum Cut {
        REQUEST_TIMEOUT,
        STEP_TIMEOUT,
        INTERRUPT
    }

    /** Where one of them is at that moment. */
    private static final class Place {
        final CompletableFuture<Code> outcome = new CompletableFuture<>();
        volatile Thread user;
        volatile long startedNanos;
        volatile long endedNanos;
    }

    private final Map<String, Place> places = new LinkedHashMap<>();
    private final CountDownLatch over = new CountDownLatch(1);
    private Duration timeout = Duration.ofSeconds(30);

    @ParameterizedTest
    @EnumSource
    void aRequestIsRecordedWithItsTimeAndItsConnectionIsClosed(Cut cut) throws Exception {
        timeout = cut == Cut.REQUEST_TIMEOUT ? EARLY : timeout;
        URI some = URI.create("http://server.example");
        URI shared = server(RawServer.Peer::drain);
        at("connecting", full(), b -> b, HttpRequest::send);
        at("handshake", tls(server(RawServer.Peer::drain)), b -> b, HttpRequest::send);
        at("tunnel", tls(some), through(server(RawServer.Peer::drain)), HttpRequest::send);
        at("socks", some, through(scheme("socks5", server(RawServer.Peer::drain))), HttpRequest::send);
        at("holder", shared, b -> b.sharedConnections(1), HttpRequest::send);
        at("queue", shared, b -> b.sharedConnections(1), HttpRequest::send);
        at(
                "sending",
                server(this::reads),
                b -> b,
                r -> r.body(new byte[10_000_000], "a/b").send());
        at(
                "uploading",
                server(this::reads),
                b -> b,
                r -> r.body(Zeros::new, "a/b").send());
        at(
                "continue",
                server(RawServer.Peer::drain),
                b -> b,
                r -> r.body("x", "a/b").expectContinue(Duration.ofSeconds(30)).send());
        at("waiting", server(RawServer.Peer::drain), b -> b, HttpRequest::send);
        at("receiving", server(says(HALF.getBytes())), b -> b, HttpRequest::send);
        at("streaming", server(says(HALF.getBytes())), b -> b, CutOffTest::readAll);
        at("h2 waiting", server(RawServer.Peer::drain), Http.Builder::http2, HttpRequest::send);
        at("h2 no stream", server(says(NO_STREAMS)), Http.Builder::http2, HttpRequest::send);
        at(
                "h2 no window",
                server(says(NO_WINDOW)),
                Http.Builder::http2,
                r -> r.body("x", "a/b").send());
        at("h2 receiving", server(says(HALF_STREAM)), Http.Builder::http2, HttpRequest::send);
        at("h2 streaming", server(says(HALF_STREAM)), Http.Builder::http2, CutOffTest::readAll);
        if (cut != Cut.REQUEST_TIMEOUT) {
            // What its user's thread waits for elsewhere the request's own timeout cannot end.
            at(
                    "source",
                    server(RawServer.Peer::drain),
                    b -> b,
                    r -> r.body(Stuck::new, "a/b").send());
        }

        long least = cut == Cut.REQUEST_TIMEOUT ? EARLY.toNanos() : interruptAll(cut == Cut.STEP_TIMEOUT);

        Code code = cut == Cut.INTERRUPT ? Code.CANCELLED : Code.TIMEOUT;
        for (Map.Entry<String, Place> each : places.entrySet()) {
            assertThat(each.getValue().outcome)
                    .as(each.getKey())
                    .succeedsWithin(Duration.ofSeconds(10))
                    .isEqualTo(code);
        }
        over.countDown();
        owner.closeClients();
        servers.stream().filter(RawServer.class::isInstance).forEach(server -> awaitClosed((RawServer) server));
        places.forEach((name, place) -> {
            SeriesSnapshot series = owner.all(name).getFirst();
            assertThat(series.codes()).as(name).isEqualTo(Map.of(code.name(), 1L));
            assertThat(TimeUnit.MICROSECONDS.toNanos(series.response().getMaxValue()))
                    .as(name)
                    .isBetween(least * 99 / 100, (place.endedNanos - place.startedNanos) * 101 / 100);
        });
    }

    /** A request as far as it gets, of a user of its own. */
    private void at(String name, URI url, UnaryOperator<Http.Builder> settings, Consumer<HttpRequest> send) {
        Place place = new Place();
        places.put(name, place);
        owner.start(() -> {
            Http.Builder builder = owner.http(url).connectTimeout(Duration.ofSeconds(30));
            HttpRequest request =
                    settings.apply(builder).build().post("/x").name(name).timeout(timeout);
            place.startedNanos = System.nanoTime();
            place.user = Thread.currentThread();
            Code code = code(() -> send.accept(request));
            place.endedNanos = System.nanoTime();
            return place.outcome.complete(code);
        });
    }

    /** When all of them are where they should be, and a while later; returns for how long they were, in ns. */
    private long interruptAll(boolean timeUp) {
        await().pollDelay(EARLY)
                .pollInterval(Duration.ofMillis(2))
                .atMost(Duration.ofSeconds(10))
                .until(this::allWait);
        long since = System.nanoTime();
        await().pollInterval(Duration.ofMillis(2))
                .atMost(Duration.ofSeconds(10))
                .until(() -> System.nanoTime() - since > EARLY.toNanos() && allWait());
        owner.timeUp = timeUp;
        long now = System.nanoTime();
        places.values().forEach(p -> p.user.interrupt());
        return now - since;
    }

    private boolean allWait() {
        Set<Thread.State> waiting = EnumSet.of(Thread.State.WAITING, Thread.State.TIMED_WAITING);
        return places.values().stream().allMatch(p -> p.user != null && waiting.contains(p.user.getState()));
    }

    private static void readAll(HttpRequest request) {
        try (HttpStream stream = request.stream()) {
            stream.forEach(piece -> {});
        }
    }

    // ---- servers

    private URI server(RawServer.Script script) throws IOException {
        return serve(script).url();
    }

    /** One that takes nothing more than a head, for as long as it matters. */
    private void reads(RawServer.Peer peer) throws Exception {
        peer.head();
        over.await();
        peer.drain();
    }

    private static RawServer.Script says(byte[] what) {
        return peer -> {
            peer.head();
            peer.send(what);
            peer.drain();
        };
    }

    /** One that has no room for a further connection. */
    private URI full() throws IOException {
        ServerSocket full = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
        servers.add(full);
        for (int i = 0; i < 2; i++) {
            Socket socket = new Socket();
            servers.add(socket);
            socket.connect(full.getLocalSocketAddress(), 1_000);
        }
        return URI.create("http://127.0.0.1:" + full.getLocalPort());
    }

    private static UnaryOperator<Http.Builder> through(URI proxy) {
        return b -> b.proxy(proxy);
    }

    private static URI tls(URI url) {
        return scheme("https", url);
    }

    private static URI scheme(String scheme, URI url) {
        return URI.create(scheme + "://" + url.getAuthority());
    }

    private static byte[] begin(int setting, int value) {
        byte[] settings = Http2Frames.joined(new byte[] {0, (byte) setting}, Http2Frames.number(value));
        return new Http2Frames().frame(Http2Frames.SETTINGS, 0, 0, settings).bytes();
    }

    // ---- sources

    private static final class Zeros extends InputStream {
        @Override
        public int read() {
            return 0;
        }

        @Override
        public int read(byte[] out, int from, int length) {
            return length;
        }
    }

    /** Has nothing, and waits for it. */
    private static final class Stuck extends InputStream {
        @Override
        public int read() throws IOException {
            try {
                new CountDownLatch(1).await();
                return -1;
            } catch (InterruptedException e) {
                // As many sources do: that there was an interrupt, only the exception says.
                throw new InterruptedIOException("interrupted");
            }
        }
    }
}
