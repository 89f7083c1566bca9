package io.vikhry.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vikhry.api.HttpException.Code;
import io.vikhry.runtime.engine.EngineOptions.Scheduler;
import io.vikhry.runtime.engine.EngineOptions.Transport;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Frames of a server, damaged in every way: each exchange ends, with a response or with a code. */
class Http2FuzzTest {
    private static final long SEED = Long.getLong("vikhry.fuzz.seed", 20_261_122);
    /** {@code -Dvikhry.fuzz.cases} and {@code -Dvikhry.fuzz.seed}: more, or others. */
    private static final int CASES = Integer.getInteger("vikhry.fuzz.cases", 10_000);

    private static final int AT_ONCE = 250;
    private static final int EXCHANGES = 3;
    private static final Set<Code> CODES = EnumSet.of(Code.PROTOCOL, Code.RESET, Code.TOO_LARGE);

    @Test
    void whateverComesEachExchangeEnds() throws Exception {
        Random random = new Random(SEED);
        Map<String, Integer> outcomes = new TreeMap<>();
        try (TestOwner owner = new TestOwner(new TestOwner.Mode(Transport.NIO, Scheduler.LOOP))) {
            HttpClient client = (HttpClient)
                    owner.http(URI.create("http://127.0.0.1:1")).http2().build();
            for (int done = 0; done < CASES; done += AT_ONCE) {
                int from = done;
                CompletableFuture<Void> some = new CompletableFuture<>();
                owner.loop().execute(() -> {
                    try {
                        for (int i = from; i < from + AT_ONCE; i++) {
                            one(client, random, "seed " + SEED + " case " + i, outcomes);
                        }
                        some.complete(null);
                    } catch (Throwable e) {
                        some.completeExceptionally(e);
                    }
                });
                some.get(60, TimeUnit.SECONDS);
            }
        }
        assertThat(outcomes.keySet()).contains("response", "PROTOCOL", "RESET", "TOO_LARGE");
        assertThat(outcomes.values().stream().mapToInt(n -> n).sum())
                .isEqualTo((CASES + AT_ONCE - 1) / AT_ONCE * AT_ONCE * EXCHANGES);
    }

    private static void one(HttpClient client, Random r, String name, Map<String, Integer> outcomes) throws Exception {
        Pool pool = client.pool(client.settings().origin());
        Deaf wire = new Deaf();
        Http2Session session = Http2Session.on(new Http2Line(pool), end -> wire);
        Exchange[] exchanges = new Exchange[EXCHANGES];
        for (int i = 0; i < EXCHANGES; i++) {
            Exchange x = new Exchange(pool, client);
            x.head = "GET / HTTP/1.1\r\nHost: h\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
            x.sample.begin(null, System.nanoTime(), 0);
            x.deadlineNanos = x.sample.startNanos() + TimeUnit.HOURS.toNanos(1);
            x.keepBody = r.nextBoolean();
            x.maxBody = 5_000;
            x.download = r.nextInt(4) == 0 ? new Download(x) : null;
            // So that no other connection is tried.
            x.retried = true;
            exchanges[i] = x;
            session.send(x);
        }
        byte[] bytes = frames(r);
        int at = 0;
        while (at < bytes.length && wire.open) {
            int n = Math.min(bytes.length - at, 1 + r.nextInt(r.nextBoolean() ? 20 : 2_000));
            session.received(Arrays.copyOfRange(bytes, at, at + n), n, false);
            at += n;
        }
        if (wire.open) {
            session.gone(null);
        }
        assertThat(wire.open).as(name).isFalse();
        for (Exchange x : exchanges) {
            assertThat(x.isDone()).as(name).isTrue();
            Code code = x.failure;
            if (code == null) {
                assertThat(x.status).as(name).isBetween(200, 999);
            } else {
                assertThat(code).as(name).isIn(CODES);
                assertThat(x.reason).as(name).isNotBlank();
            }
            outcomes.merge(code == null ? "response" : code.name(), 1, Integer::sum);
        }
    }

    /** Takes all that is sent. */
    static final class Deaf implements Wire {
        boolean open = true;

        @Override
        public boolean isOpen() {
            return open;
        }

        @Override
        public boolean isDirect() {
            return false;
        }

        @Override
        public boolean isDrained() {
            return true;
        }

        @Override
        public boolean send(byte[] head, byte @Nullable [] body) {
            assertThat(open).isTrue();
            return true;
        }

        @Override
        public void sendPart(byte[] part, Runnable taken) {
            taken.run();
        }

        @Override
        public void read(boolean on) {
            // It is told all there is.
        }

        @Override
        public void close() {
            open = false;
        }
    }

    /** Most of what a server may send for streams 3, 5 and 7, with some of it wrong. */
    private static byte[] frames(Random r) {
        Http2Frames all = new Http2Frames().settings();
        for (int i = 1 + r.nextInt(14); i > 0; i--) {
            Http2Frames frame = new Http2Frames();
            int stream = 3 + 2 * r.nextInt(3);
            switch (r.nextInt(14)) {
                case 0, 1, 2 -> frame.ok(stream, r.nextInt(3) == 0);
                case 3, 4, 5 -> frame.data(stream, r.nextInt(r.nextInt(4) == 0 ? 6_000 : 100), r.nextInt(3) == 0);
                case 6 ->
                    frame.frame(
                            Http2Frames.HEADERS,
                            4 | r.nextInt(2),
                            stream,
                            Http2Frames.joined(
                                    Http2Frames.OK,
                                    Http2Frames.remembered("a" + r.nextInt(9), "v".repeat(r.nextInt(3_000)))));
                case 7 ->
                    frame.frame(Http2Frames.HEADERS, 4, stream, Http2Frames.literal(":status", "10" + r.nextInt(4)));
                case 8 ->
                    frame.frame(Http2Frames.HEADERS, 0, stream, Http2Frames.OK)
                            .frame(Http2Frames.CONTINUATION, 4, stream, Http2Frames.literal("b", "c"));
                case 9 -> frame.frame(Http2Frames.RST_STREAM, 0, stream, Http2Frames.number(r.nextInt(14)));
                case 10 ->
                    frame.frame(
                            Http2Frames.GOAWAY,
                            0,
                            0,
                            Http2Frames.joined(
                                    Http2Frames.number(r.nextInt(9)),
                                    Http2Frames.number(r.nextInt(14)),
                                    new byte[r.nextInt(20)]));
                case 11 -> frame.frame(Http2Frames.PING, r.nextInt(2), 0, new byte[8]);
                case 12 ->
                    frame.frame(Http2Frames.WINDOW_UPDATE, 0, r.nextInt(2) * stream, Http2Frames.number(r.nextInt()));
                default ->
                    frame.frame(
                            Http2Frames.SETTINGS,
                            0,
                            0,
                            Http2Frames.joined(
                                    new byte[] {0, (byte) r.nextInt(8)},
                                    Http2Frames.number(r.nextInt(1 << 1 + r.nextInt(30)))));
            }
            byte[] bytes = frame.bytes();
            if (r.nextInt(6) == 0) {
                // One byte of the frame's own head: its length, its type, its flags, its stream.
                bytes[r.nextInt(9)] ^= (byte) (1 << r.nextInt(8));
            }
            all.raw(bytes);
        }
        byte[] bytes = all.bytes();
        for (int i = r.nextInt(4); i > 0; i--) {
            int at = r.nextInt(bytes.length);
            switch (r.nextInt(3)) {
                case 0 -> bytes[at] = (byte) r.nextInt(256);
                case 1 -> bytes = Arrays.copyOf(bytes, at + 1);
                default -> System.arraycopy(bytes, at, bytes, 0, bytes.length - at);
            }
        }
        return bytes;
    }
}
