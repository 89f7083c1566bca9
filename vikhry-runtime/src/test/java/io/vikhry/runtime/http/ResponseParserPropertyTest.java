package io.vikhry.runtime.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ResponseParserPropertyTest {
    private static final long SEED = Long.getLong("vikhry.fuzz.seed", 20_261_121);
    /** {@code -Dvikhry.fuzz.cases} and {@code -Dvikhry.fuzz.seed}: more, or others. */
    private static final int CASES = Integer.getInteger("vikhry.fuzz.cases", 1_000_000);

    private static final int MAX_BODY = 4096;

    /** How a response came out, in a form that can be compared. */
    private record Outcome(String code, String reason, int status, String head, String body, boolean reusable) {
        static Outcome of(ResponseParser p) {
            boolean done = p.isDone();
            assertThat(done).isNotEqualTo(p.failure() != null);
            return new Outcome(
                    String.valueOf(p.failure()),
                    p.reason().replaceAll("after \\d+ bytes", ""),
                    done ? p.status() : 0,
                    done ? new String(p.rawHead(), ISO_8859_1) : "",
                    done ? new String(p.takeBody(), ISO_8859_1) : "",
                    p.isReusable());
        }
    }

    private record Case(byte[] bytes, boolean toHead, String method) {}

    @Test
    void howTheBytesAreCutChangesNothing() {
        Random random = new Random(SEED);
        for (int i = 0; i < 3_000; i++) {
            Case c = response(random);
            byte[] bytes = i % 2 == 0 ? c.bytes : mutated(c.bytes, random);
            Outcome whole = parse(new ResponseParser(), bytes, c.toHead, bytes.length, random);
            assertThat(parse(new ResponseParser(), bytes, c.toHead, 1, random))
                    .as("seed %d case %d, byte at a time", SEED, i)
                    .isEqualTo(whole);
            assertThat(parse(new ResponseParser(), bytes, c.toHead, 0, random))
                    .as("seed %d case %d, random cuts", SEED, i)
                    .isEqualTo(whole);
        }
    }

    @Test
    void aParserThatIsUsedAgainSaysWhatAFreshOneSays() {
        Random random = new Random(SEED + 1);
        ResponseParser used = new ResponseParser();
        Case last = response(random);
        for (int i = 0; i < 20_000; i++) {
            Case c = random.nextInt(3) == 0 ? response(random) : last;
            byte[] bytes = random.nextInt(4) == 0 ? mutated(c.bytes, random) : c.bytes;
            int cut = random.nextInt(3) == 0 ? 0 : bytes.length;
            assertThat(parse(used, bytes, c.toHead, cut, random))
                    .as("seed %d case %d", SEED, i)
                    .isEqualTo(parse(new ResponseParser(), bytes, c.toHead, bytes.length, random));
            last = c;
        }
    }

    @Test
    void validResponsesMeanWhatNettysCodecSaysTheyMean() {
        Random random = new Random(SEED + 2);
        for (int i = 0; i < 3_000; i++) {
            Case c = response(random);
            Outcome ours = parse(new ResponseParser(), c.bytes, c.toHead, c.bytes.length, random);
            Theirs theirs = netty(c.method, c.bytes);
            assertThat(theirs).as("case %d", i).isNotNull();
            assertThat(ours.code).as("case %d %s", i, ours.reason).isEqualTo("null");
            assertThat(ours.status).isEqualTo(theirs.status);
            assertThat(ours.body).isEqualTo(theirs.body);
            byte[] head = ours.head.getBytes(ISO_8859_1);
            for (String name : List.of("Server", "X-Many", "Date", "Set-Cookie")) {
                assertThat(ResponseHead.all(head, name)).isEqualTo(theirs.headers.getAll(name));
            }
            for (String name : List.of("Digest", "Other", "Server")) {
                assertThat(ResponseHead.trailer(head, name)).isEqualTo(Optional.ofNullable(theirs.trailers.get(name)));
            }
        }
    }

    /** Two readers that see different bodies in the same bytes are how requests are smuggled. */
    @Test
    void damagedResponsesThatBothTakeMeanTheSame() {
        Random random = new Random(SEED + 4);
        int both = 0;
        for (int i = 0; i < CASES / 20; i++) {
            Case c = response(random);
            byte[] bytes = mutated(c.bytes, random);
            Outcome ours = parse(new ResponseParser(), bytes, c.toHead, bytes.length, random);
            Theirs theirs = netty(c.method, bytes);
            if (theirs != null && ours.code.equals("null")) {
                both++;
                String text = new String(bytes, ISO_8859_1);
                assertThat(ours.status).as("case %d: %s", i, text).isEqualTo(theirs.status);
                assertThat(ours.body).as("case %d: %s", i, text).isEqualTo(theirs.body);
            }
        }
        assertThat(both).isGreaterThan(CASES / 20 / 10);
    }

    /** A response as Netty's codec sees it. */
    private record Theirs(int status, HttpHeaders headers, String body, HttpHeaders trailers) {}

    /** The whole response that Netty's codec finds, interim ones apart; null if it finds none. */
    private static Theirs netty(String method, byte[] bytes) {
        EmbeddedChannel netty = new EmbeddedChannel(new HttpClientCodec());
        netty.writeOutbound(new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.valueOf(method), "/"));
        netty.releaseOutbound();
        netty.writeInbound(Unpooled.copiedBuffer(bytes));
        netty.finish();
        HttpResponse head = null;
        StringBuilder body = new StringBuilder();
        Theirs found = null;
        for (HttpObject part = netty.readInbound(); part != null && found == null; part = netty.readInbound()) {
            boolean right = part.decoderResult().isSuccess();
            if (part instanceof HttpResponse response) {
                head = response;
                body.setLength(0);
            }
            if (part instanceof HttpContent content) {
                body.append(content.content().toString(ISO_8859_1));
                content.release();
            }
            if (!right) {
                break;
            }
            if (part instanceof LastHttpContent last && head.status().code() >= 200) {
                found = new Theirs(head.status().code(), head.headers(), body.toString(), last.trailingHeaders());
            }
        }
        netty.releaseInbound();
        return found;
    }

    @Test
    void whateverComesItEndsInAResultOrAnError() {
        Random random = new Random(SEED + 3);
        ResponseParser parser = new ResponseParser();
        int failures = 0;
        for (int i = 0; i < CASES; i++) {
            Case c = response(random);
            byte[] bytes = mutated(c.bytes, random);
            Outcome outcome = parse(parser, bytes, c.toHead, random.nextInt(4) == 0 ? 0 : bytes.length, random);
            if (!outcome.code.equals("null")) {
                failures++;
                assertThat(outcome.reason).isNotBlank();
            }
        }
        assertThat(failures).isBetween(CASES / 10, CASES / 40 * 39);
    }

    /** {@code cut}: the size of the pieces, or 0 for pieces of random size. Each feed must get further or end. */
    private static Outcome parse(ResponseParser parser, byte[] bytes, boolean toHead, int cut, Random random) {
        parser.begin(toHead, true, MAX_BODY, null);
        int at = 0;
        while (at < bytes.length && !parser.isDone() && parser.failure() == null) {
            int n = Math.min(bytes.length - at, cut > 0 ? cut : 1 + random.nextInt(random.nextBoolean() ? 5 : 200));
            byte[] piece = new byte[n + 7];
            System.arraycopy(bytes, at, piece, 3, n);
            int end = parser.feed(piece, 3, 3 + n);
            assertThat(end).isBetween(4, 3 + n);
            at += n;
        }
        parser.end();
        return Outcome.of(parser);
    }

    private static Case response(Random r) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = r.nextInt(10); i > 8; i--) {
            put(
                    out,
                    r.nextBoolean()
                            ? "HTTP/1.1 100 Continue\r\n\r\n"
                            : "HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n");
        }
        int[] statuses = {200, 200, 200, 201, 204, 301, 304, 404, 500, 503};
        int status = statuses[r.nextInt(statuses.length)];
        boolean toHead = r.nextInt(8) == 0;
        boolean bodiless = toHead || status == 204 || status == 304;
        int framing = r.nextInt(3);
        put(
                out,
                (framing != 1 && r.nextInt(6) == 0 ? "HTTP/1.0 " : "HTTP/1.1 ")
                        + status
                        + (r.nextInt(5) == 0 ? " \r\n" : " Why not\r\n"));
        put(out, "Server: fast\r\n");
        if (r.nextBoolean()) {
            put(out, "Date: Thu, 01 Jan 2026 00:00:00 GMT\r\n");
        }
        for (int i = r.nextInt(4); i > 0; i--) {
            put(out, "X-Many:" + " ".repeat(r.nextInt(3)) + "v" + r.nextInt(1000) + " \r\n");
            for (int fold = r.nextInt(8); fold > 6; fold--) {
                put(out, (r.nextBoolean() ? " " : "\t ") + "folded" + r.nextInt(10) + "\r\n");
            }
        }
        if (r.nextInt(4) == 0) {
            put(out, "sEt-cOOkie: a=b; Path=/\r\n");
        }
        if (r.nextInt(5) == 0) {
            put(out, r.nextBoolean() ? "Connection: close\r\n" : "Connection: keep-alive, x\r\n");
        }
        byte[] body = new byte[r.nextInt(4) == 0 ? 0 : r.nextInt(r.nextInt(10) == 0 ? MAX_BODY : 200)];
        r.nextBytes(body);
        switch (framing) {
            case 0 -> {
                put(out, "Content-Length: " + body.length + "\r\n\r\n");
                out.writeBytes(bodiless ? new byte[0] : body);
            }
            case 1 -> {
                put(out, "Transfer-Encoding: chunked\r\n\r\n");
                if (!bodiless) {
                    chunked(out, body, r);
                }
            }
            default -> {
                put(out, "\r\n");
                out.writeBytes(bodiless ? new byte[0] : body);
            }
        }
        return new Case(out.toByteArray(), toHead, toHead ? "HEAD" : "GET");
    }

    private static void chunked(ByteArrayOutputStream out, byte[] body, Random r) {
        for (int at = 0; at < body.length; ) {
            int n = Math.min(body.length - at, 1 + r.nextInt(100));
            String size = r.nextBoolean()
                    ? Integer.toHexString(n)
                    : "00" + Integer.toHexString(n).toUpperCase();
            put(out, size + (r.nextInt(4) == 0 ? ";ext=1" : "") + "\r\n");
            out.write(body, at, n);
            put(out, "\r\n");
            at += n;
        }
        put(out, "0\r\n" + (r.nextInt(3) == 0 ? "Digest: 1\r\nOther: 2\r\n" : "") + "\r\n");
    }

    private static byte[] mutated(byte[] bytes, Random r) {
        byte[] b = bytes.clone();
        for (int i = 1 + r.nextInt(4); i > 0 && b.length > 0; i--) {
            int at = r.nextInt(b.length);
            switch (r.nextInt(6)) {
                case 0 -> b[at] = (byte) r.nextInt(256);
                case 1 -> b[at] ^= (byte) (1 << r.nextInt(8));
                case 2 -> b = Arrays.copyOf(b, at);
                case 3 -> b[at] = (byte) "\r\n :;,0f".charAt(r.nextInt(8));
                case 4 -> {
                    byte[] longer = Arrays.copyOf(b, b.length + 1);
                    System.arraycopy(b, at, longer, at + 1, b.length - at);
                    b = longer;
                }
                default -> {
                    int n = Math.min(b.length - at, 1 + r.nextInt(4));
                    System.arraycopy(b, at + n, b, at, b.length - at - n);
                    b = Arrays.copyOf(b, b.length - n);
                }
            }
        }
        return b;
    }

    private static void put(ByteArrayOutputStream out, String text) {
        out.writeBytes(text.getBytes(ISO_8859_1));
    }
}
