package io.vikhry.runtime.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.AbstractHttp2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.vikhry.runtime.engine.EngineOptions.Scheduler;
import io.vikhry.runtime.engine.EngineOptions.Transport;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a server's frames mean to this client, they mean to Netty's codec, too. */
class Http2PropertyTest {
    private static final long SEED = Long.getLong("vikhry.fuzz.seed", 20_261_122);
    private static final int CASES = Integer.getInteger("vikhry.fuzz.http2.cases", 1_500);
    private static final int MAX_BODY = 20_000;
    private static final List<Integer> STREAMS = List.of(3, 5, 7);
    private static final List<String> NAMES = List.of("server", "x-many", "set-cookie", "x-long");
    private static final List<String> TRAILERS = List.of("digest", "server");

    /** A response as one of the two sees it; without one of its parts it is not whole. */
    private record Outcome(int status, Map<String, List<String>> headers, String body, Map<String, String> trailers) {}

    @Test
    void whatIsSentIsWhatNettysCodecSaysItIs() throws Exception {
        onLoop(client -> {
            Random random = new Random(SEED);
            for (int i = 0; i < CASES; i++) {
                byte[] bytes = frames(random);
                Map<Integer, Outcome> theirs = new Netty().read(bytes);
                assertThat(theirs).as("seed %d case %d", SEED, i).containsOnlyKeys(STREAMS);
                assertThat(ours(client, bytes, random))
                        .as("seed %d case %d", SEED, i)
                        .isEqualTo(theirs);
            }
        });
    }

    @Test
    void damagedFramesThatBothTakeMeanTheSame() throws Exception {
        onLoop(client -> {
            Random random = new Random(SEED + 1);
            int both = 0;
            for (int i = 0; i < CASES; i++) {
                byte[] bytes = damaged(frames(random), random);
                Map<Integer, Outcome> theirs = new Netty().read(bytes);
                Map<Integer, Outcome> ours = ours(client, bytes, random);
                theirs.keySet().retainAll(ours.keySet());
                ours.keySet().retainAll(theirs.keySet());
                both += ours.size();
                assertThat(ours).as("seed %d case %d", SEED, i).isEqualTo(theirs);
            }
            assertThat(both).isGreaterThan(CASES / 2);
        });
    }

    private interface Body {
        void run(HttpClient client) throws Exception;
    }

    private static void onLoop(Body body) throws Exception {
        try (TestOwner owner = new TestOwner(new TestOwner.Mode(Transport.NIO, Scheduler.LOOP))) {
            HttpClient client = (HttpClient)
                    owner.http(URI.create("http://127.0.0.1:1")).http2().build();
            CompletableFuture<Void> done = new CompletableFuture<>();
            owner.loop().execute(() -> {
                try {
                    body.run(client);
                    done.complete(null);
                } catch (Throwable e) {
                    done.completeExceptionally(e);
                }
            });
            done.get(120, TimeUnit.SECONDS);
        }
    }

    // ---- the two readers

    private static Map<Integer, Outcome> ours(HttpClient client, byte[] bytes, Random r) {
        Pool pool = client.pool(client.settings().origin());
        Http2FuzzTest.Deaf wire = new Http2FuzzTest.Deaf();
        Http2Session session = Http2Session.on(new Http2Line(pool), end -> wire);
        Map<Integer, Exchange> exchanges = new TreeMap<>();
        for (int stream : STREAMS) {
            Exchange x = new Exchange(pool, client);
            x.head = "GET / HTTP/1.1\r\nHost: h\r\n\r\n".getBytes(ISO_8859_1);
            x.sample.begin(null, System.nanoTime(), 0);
            x.deadlineNanos = x.sample.startNanos() + TimeUnit.HOURS.toNanos(1);
            x.keepBody = true;
            x.maxBody = 4 * MAX_BODY;
            x.retried = true; // so that no other connection is tried
            exchanges.put(stream, x);
            session.send(x);
        }
        for (int at = 0; at < bytes.length && wire.isOpen(); ) {
            int n = Math.min(bytes.length - at, 1 + r.nextInt(r.nextBoolean() ? 20 : 2_000));
            session.received(Arrays.copyOfRange(bytes, at, at + n), n, false);
            at += n;
        }
        if (wire.isOpen()) {
            session.gone(null);
        }
        Map<Integer, Outcome> outcomes = new TreeMap<>();
        exchanges.forEach((stream, x) -> {
            if (x.failure == null) {
                Map<String, List<String>> headers = new TreeMap<>();
                NAMES.forEach(name -> headers.put(name, ResponseHead.all(x.responseHead, name)));
                Map<String, String> trailers = new TreeMap<>();
                TRAILERS.forEach(name ->
                        ResponseHead.trailer(x.responseHead, name).ifPresent(value -> trailers.put(name, value)));
                String body = new String(x.responseBody, ISO_8859_1);
                outcomes.put(stream, new Outcome(x.status, headers, body, trailers));
            }
        });
        return outcomes;
    }

    /** Netty's own client side of a connection with these streams open. */
    private static final class Netty extends Http2FrameAdapter {
        private final Map<Integer, Http2Headers> heads = new TreeMap<>();
        private final Map<Integer, StringBuilder> bodies = new TreeMap<>();
        private final Map<Integer, Outcome> whole = new TreeMap<>();

        Map<Integer, Outcome> read(byte[] bytes) throws Http2Exception {
            Http2ConnectionHandler handler = new Builder(this).build();
            EmbeddedChannel channel = new EmbeddedChannel(handler);
            // Half a head is left behind where the rest is damaged: on the heap, where nobody has to let go of it.
            channel.config().setAllocator(new UnpooledByteBufAllocator(false, true));
            for (int stream : STREAMS) {
                handler.connection().local().createStream(stream, true);
            }
            channel.writeInbound(Unpooled.copiedBuffer(bytes));
            channel.finishAndReleaseAll();
            return whole;
        }

        @Override
        public void onHeadersRead(
                ChannelHandlerContext ctx,
                int stream,
                Http2Headers headers,
                int dependency,
                short weight,
                boolean exclusive,
                int padding,
                boolean end) {
            onHeadersRead(ctx, stream, headers, padding, end);
        }

        @Override
        public void onHeadersRead(
                ChannelHandlerContext ctx, int stream, Http2Headers headers, int padding, boolean end) {
            Http2Headers head = heads.get(stream);
            if (head != null) {
                end(stream, head, headers);
            } else if (!headers.status().toString().startsWith("1")) {
                heads.put(stream, headers);
                bodies.put(stream, new StringBuilder());
                if (end) {
                    end(stream, headers, null);
                }
            }
        }

        @Override
        public int onDataRead(ChannelHandlerContext ctx, int stream, ByteBuf data, int padding, boolean end) {
            bodies.get(stream).append(data.toString(ISO_8859_1));
            if (end) {
                end(stream, heads.get(stream), null);
            }
            return data.readableBytes() + padding;
        }

        private void end(int stream, Http2Headers head, @Nullable Http2Headers after) {
            Map<String, List<String>> headers = new TreeMap<>();
            NAMES.forEach(name -> headers.put(
                    name,
                    head.getAll(name).stream()
                            .map(value -> value.toString().strip())
                            .toList()));
            Map<String, String> trailers = new TreeMap<>();
            TRAILERS.forEach(name -> {
                CharSequence value = after == null ? null : after.get(name);
                if (value != null) {
                    trailers.put(name, value.toString().strip());
                }
            });
            int status = Integer.parseInt(head.status().toString());
            whole.put(stream, new Outcome(status, headers, bodies.get(stream).toString(), trailers));
        }
    }

    private static final class Builder extends AbstractHttp2ConnectionHandlerBuilder<Http2ConnectionHandler, Builder> {
        Builder(Netty reader) {
            server(false);
            frameListener(reader);
        }

        @Override
        protected Http2ConnectionHandler build() {
            return super.build();
        }

        @Override
        protected Http2ConnectionHandler build(
                Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings settings) {
            return new Http2ConnectionHandler(decoder, encoder, settings) {};
        }
    }

    // ---- the server

    /** Three responses, each cut into frames in one of the many ways there are, with others' frames between. */
    private static byte[] frames(Random r) throws Http2Exception {
        DefaultHttp2HeadersEncoder packer = new DefaultHttp2HeadersEncoder();
        List<List<Part>> responses = new ArrayList<>();
        STREAMS.forEach(stream -> responses.add(new ArrayList<>(response(stream, r))));
        Http2Frames out = new Http2Frames().settings();
        while (!responses.isEmpty()) {
            List<Part> some = responses.get(r.nextInt(responses.size()));
            some.removeFirst().write(out, packer, r);
            if (some.isEmpty()) {
                responses.remove(some);
            }
            switch (r.nextInt(12)) {
                case 0 -> out.frame(Http2Frames.PING, 0, 0, new byte[8]);
                case 1 -> out.frame(Http2Frames.WINDOW_UPDATE, 0, 0, Http2Frames.number(1 + r.nextInt(1_000)));
                case 2 -> out.frame(Http2Frames.SETTINGS, 0, 0);
                case 3 -> out.frame(30 + r.nextInt(9), r.nextInt(256), r.nextInt(9), new byte[r.nextInt(9)]);
                default -> {}
            }
        }
        return out.bytes();
    }

    private interface Part {
        void write(Http2Frames out, DefaultHttp2HeadersEncoder packer, Random r) throws Http2Exception;
    }

    private static List<Part> response(int stream, Random r) {
        List<Part> parts = new ArrayList<>();
        for (int i = r.nextInt(10); i > 8; i--) {
            parts.add(block(stream, new DefaultHttp2Headers().status("103").add("link", "</a>"), false));
        }
        int[] statuses = {200, 200, 200, 201, 302, 404, 503};
        byte[] body = new byte[r.nextInt(4) == 0 ? 0 : r.nextInt(r.nextInt(6) == 0 ? MAX_BODY : 300)];
        r.nextBytes(body);
        boolean trailers = r.nextInt(3) == 0;
        Http2Headers head = new DefaultHttp2Headers().status(Integer.toString(statuses[r.nextInt(statuses.length)]));
        head.add("server", "fast");
        for (int i = r.nextInt(3); i > 0; i--) {
            head.add("x-many", "v" + r.nextInt(1_000));
        }
        if (r.nextInt(3) == 0) {
            head.add("set-cookie", "a=" + r.nextInt(9));
        }
        if (r.nextInt(8) == 0) {
            head.add("x-long", "l".repeat(1 + r.nextInt(6_000)));
        }
        if (r.nextBoolean()) {
            head.add("content-length", Integer.toString(body.length));
        }
        boolean empty = body.length == 0 && r.nextBoolean();
        parts.add(block(stream, head, empty && !trailers));
        for (int at = 0; at < body.length; ) {
            int n = Math.min(body.length - at, 1 + r.nextInt(r.nextBoolean() ? 50 : 8_000));
            parts.add(data(stream, Arrays.copyOfRange(body, at, at + n), at + n == body.length && !trailers));
            at += n;
        }
        if (trailers) {
            parts.add(block(stream, new DefaultHttp2Headers().add("digest", "d" + r.nextInt(99)), true));
        } else if (body.length == 0 && !empty) {
            parts.add(data(stream, body, true));
        }
        return parts;
    }

    private static Part block(int stream, Http2Headers headers, boolean end) {
        return (out, packer, r) -> {
            ByteBuf packed = Unpooled.buffer();
            packer.encodeHeaders(stream, headers, packed);
            byte[] bytes = ByteBufUtil.getBytes(packed);
            packed.release();
            int first = r.nextInt(3) > 0 ? bytes.length : r.nextInt(bytes.length);
            int priority = r.nextInt(6) == 0 ? 0x20 : 0;
            byte[] payload = Arrays.copyOf(bytes, first);
            if (priority > 0) {
                payload = Http2Frames.joined(Http2Frames.number(0), new byte[] {(byte) r.nextInt()}, payload);
            }
            int flags = (end ? Http2Frames.END_STREAM : 0) | priority;
            int last = first == bytes.length ? Http2Frames.END_HEADERS : 0;
            padded(out, Http2Frames.HEADERS, flags | last, stream, payload, r);
            for (int at = first; at < bytes.length; ) {
                // Netty takes a dozen small ones for an attack.
                int n = Math.min(bytes.length - at, bytes.length / 8 + 1 + r.nextInt(500));
                int whole = at + n == bytes.length ? Http2Frames.END_HEADERS : 0;
                out.frame(Http2Frames.CONTINUATION, whole, stream, Arrays.copyOfRange(bytes, at, at + n));
                at += n;
            }
        };
    }

    private static Part data(int stream, byte[] bytes, boolean end) {
        return (out, packer, r) -> padded(out, Http2Frames.DATA, end ? Http2Frames.END_STREAM : 0, stream, bytes, r);
    }

    private static void padded(Http2Frames out, int type, int flags, int stream, byte[] payload, Random r) {
        if (r.nextInt(5) > 0) {
            out.frame(type, flags, stream, payload);
            return;
        }
        byte[] padding = new byte[r.nextInt(256)];
        byte[] whole = Http2Frames.joined(new byte[] {(byte) padding.length}, payload, padding);
        out.frame(type, flags | Http2Frames.PADDED, stream, whole);
    }

    private static byte[] damaged(byte[] bytes, Random r) {
        byte[] b = bytes.clone();
        for (int i = 1 + r.nextInt(2); i > 0; i--) {
            int at = r.nextInt(b.length);
            switch (r.nextInt(3)) {
                case 0 -> b[at] = (byte) r.nextInt(256);
                case 1 -> b[at] ^= (byte) (1 << r.nextInt(8));
                default -> b = Arrays.copyOf(b, at + 1);
            }
        }
        return b;
    }
}
