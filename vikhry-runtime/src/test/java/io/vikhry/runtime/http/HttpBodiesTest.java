package io.vikhry.runtime.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.vikhry.api.Http;
import io.vikhry.api.HttpException;
import io.vikhry.api.HttpException.Code;
import io.vikhry.api.HttpResponse;
import io.vikhry.api.HttpStream;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
@Tag("beside")
class HttpBodiesTest extends HttpFixture {
    @Test
    void everyFramingOfABodyIsUnderstood() throws Exception {
        RawServer server = serve(peer -> {
            for (RawServer.Received r = peer.request(); r != null; r = peer.request()) {
                switch (r.target()) {
                    case "/chunked" ->
                        peer.send(
                                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x\r\nde\r\n0\r\nT: 1\r\n\r\n");
                    case "/head" -> peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
                    case "/204" -> peer.send("HTTP/1.1 204 No Content\r\n\r\n");
                    case "/100" -> peer.send("HTTP/1.1 100 Continue\r\n\r\n" + RawServer.ok("after"));
                    default -> {
                        peer.send("HTTP/1.1 200 OK\r\n\r\nuntil close");
                        return;
                    }
                }
            }
        });
        owner.onVu(() -> {
            Http http = owner.http(server.url()).build();
            assertThat(http.get("/chunked").send().text()).isEqualTo("abcde");
            assertThat(http.head("/head").send().body()).isEmpty();
            assertThat(http.delete("/204").send().status()).isEqualTo(204);
            assertThat(http.get("/100").send().text()).isEqualTo("after");
            assertThat(http.get("/chunked").discardBody().send().body()).isEmpty();
            assertThat(server.accepted).hasValue(1);
            assertThat(http.get("/close").send().text()).isEqualTo("until close");
            return http.get("/204").send();
        });
        assertThat(server.accepted).hasValue(2);
    }

    @Test
    void bigBodiesGoBothWaysWhole() throws Exception {
        byte[] big = new byte[9_000_000];
        new Random(7).nextBytes(big);
        RawServer server = serve(peer -> {
            for (RawServer.Received r = peer.request(); r != null; r = peer.request()) {
                peer.send("HTTP/1.1 200 OK\r\nContent-Length: " + r.body().length + "\r\n\r\n");
                peer.send(r.body());
            }
        });
        owner.onVu(() -> {
            Http http = owner.http(server.url()).build();
            for (int n : new int[] {0, 1, 20_000, 40_000, 200_000, big.length}) {
                byte[] sent = Arrays.copyOf(big, n);
                assertThat(http.post("/echo").body(sent, "x/y").send().body()).isEqualTo(sent);
            }
            return http.post("/echo").body(big, "x/y").discardBody().send().expectStatus(200);
        });
        assertThat(server.accepted).hasValue(1);
    }

    @Test
    void anAnswerBeforeTheEndOfTheBodyIsReadThoughTheServerWantsNoMore() throws Exception {
        RawServer server = serve(peer -> {
            peer.socket.getInputStream().readNBytes(1000);
            peer.send("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno");
        });
        owner.onVu(() -> {
            Http http = owner.http(server.url()).build();
            for (int i = 0; i < 5; i++) {
                HttpResponse response =
                        http.post("/up").body(new byte[30_000_000], "x/y").send();
                assertThat(response.status()).isEqualTo(413);
                assertThat(response.text()).isEqualTo("no");
            }
            return null;
        });
        await().atMost(Duration.ofSeconds(5)).until(() -> server.openConnections() == 0);
    }

    @Test
    void anAnswerBeforeTheEndOfTheBodyEndsTheConnectionThoughTheServerKeepsIt() throws Exception {
        CountDownLatch answered = new CountDownLatch(1);
        RawServer server = serve(peer -> {
            peer.head();
            peer.send(RawServer.ok("enough"));
            // Were it read meanwhile, the body could go out whole before its answer is looked at.
            answered.await();
            peer.drain();
        });
        owner.onVu(() -> {
            Http http = owner.http(server.url()).build();
            assertThat(http.post("/up").body(new byte[30_000_000], "x/y").send().text())
                    .isEqualTo("enough");
            return null;
        });
        answered.countDown();
        awaitClosed(server);
    }

    @Test
    void gzipAndDeflateAreUndoneWhenTheBodyIsRead() throws Exception {
        String text = "hello ".repeat(100);
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(zipped)) {
            gzip.write(text.getBytes(UTF_8));
        }
        RawServer server = serve(peer -> {
            for (RawServer.Received r = peer.request(); r != null; r = peer.request()) {
                byte[] body =
                        r.target().equals("/cut") ? Arrays.copyOf(zipped.toByteArray(), 20) : zipped.toByteArray();
                peer.send("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: " + body.length + "\r\n\r\n");
                peer.send(body);
            }
        });
        owner.onVu(() -> {
            Http http = owner.http(server.url()).build();
            HttpResponse response =
                    http.get("/zip").header("Accept-Encoding", "gzip").send();
            assertThat(response.text()).isEqualTo(text);
            assertThat(response.text()).isEqualTo(text);
            HttpResponse cut = http.get("/cut").send();
            assertThatThrownBy(cut::text)
                    .isInstanceOfSatisfying(
                            HttpException.class, e -> assertThat(e.code()).isEqualTo(Code.PROTOCOL));
            Http small = owner.http(server.url()).maxBody(300).build();
            HttpResponse bomb = small.get("/bomb").send();
            assertThatThrownBy(bomb::body)
                    .isInstanceOfSatisfying(
                            HttpException.class, e -> assertThat(e.code()).isEqualTo(Code.TOO_LARGE));
            assertThat(small.get("/zip").maxBody(600).send().text()).isEqualTo(text);
            HttpResponse bombOfARequest = http.get("/bomb").maxBody(300).send();
            assertThatThrownBy(bombOfARequest::body)
                    .isInstanceOfSatisfying(
                            HttpException.class, e -> assertThat(e.code()).isEqualTo(Code.TOO_LARGE));
            return null;
        });
        assertThat(owner.codes("GET /cut")).isEqualTo(Map.of("PROTOCOL", 1L));
        assertThat(owner.codes("GET /bomb")).isEqualTo(Map.of("TOO_LARGE", 2L));
    }

    @ParameterizedTest
    @CsvSource({"gzip, HEAD", "deflate, HEAD", "br, HEAD", "zstd, HEAD", "deflate, GET", "br, GET", "zstd, GET"})
    void aCodingOfABodyThatDoesNotComeIsNoFailure(String coding, String method) throws Exception {
        RawServer server = serve("HTTP/1.1 200 OK\r\nContent-Encoding: " + coding + "\r\nContent-Length: "
                + (method.equals("HEAD") ? 100 : 0) + "\r\n\r\n");
        owner.onVu(() -> {
            Http http = owner.http(server.url()).build();
            try (HttpStream stream = http.request(method, "/").stream()) {
                assertThat(stream.line()).isEmpty();
                assertThat(stream.next()).isEmpty();
            }
            return http.request(method, "/").send().expectStatus(200);
        });
        assertThat(server.accepted).hasValue(1);
    }
}
