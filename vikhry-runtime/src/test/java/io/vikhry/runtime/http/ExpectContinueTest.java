package io.vikhry.runtime.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.codec.http2.Http2Settings;
import io.vikhry.api.Http;
import io.vikhry.api.HttpException;
import io.vikhry.api.HttpRequest;
import io.vikhry.api.HttpResponse;
import io.vikhry.runtime.metrics.SeriesSnapshot;
import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Bodies that wait until the server wants them. */
@Timeout(60)
@Tag("beside")
class ExpectContinueTest extends HttpFixture {
    private static final byte[] BODY = new byte[300_000];

    static {
        new Random(4).nextBytes(BODY);
    }

    private static HttpRequest post(Http http, boolean streamed, Duration limit) {
        HttpRequest request = http.post("/up").expectContinue(limit);
        return streamed ? request.body(() -> new ByteArrayInputStream(BODY), "a/b") : request.body(BODY, "a/b");
    }

    @Test
    void theBodyFollowsTheServersWordAndTheConnectionIsKept() throws Exception {
        List<byte[]> bodies = new CopyOnWriteArrayList<>();
        try (RawServer server = RawServer.start(peer -> {
            for (RawServer.Received head = peer.head(); head != null; head = peer.head()) {
                assertThat(head.header("expect")).isEqualTo("100-continue");
                assertThat(peer.isSilentFor(100)).isTrue();
                peer.send("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n");
                peer.send("HTTP/1.1 100 Continue\r\n\r\n");
                bodies.add(peer.body(head));
                peer.send(RawServer.ok("done"));
            }
        })) {
            owner.onVu(() -> {
                Http http = owner.http(server.url()).build();
                for (boolean streamed : new boolean[] {false, true, false}) {
                    assertThat(post(http, streamed, Duration.ofSeconds(20))
                                    .send()
                                    .text())
                            .isEqualTo("done");
                }
                return null;
            });
            assertThat(server.accepted).hasValue(1);
        }
        assertThat(bodies).hasSize(3).allMatch(b -> Arrays.equals(b, BODY));
    }

    @Test
    void aServerThatSaysNothingGetsTheBodyAfterTheLimit() throws Exception {
        try (RawServer server = RawServer.start(RawServer.always(RawServer.ok("done")))) {
            owner.onVu(() -> {
                Http http = owner.http(server.url()).build();
                for (boolean streamed : new boolean[] {false, true}) {
                    long start = System.nanoTime();
                    post(http, streamed, Duration.ofMillis(150)).send().expectBodyContains("done");
                    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(149));
                }
                return null;
            });
            assertThat(server.accepted).hasValue(1);
            assertThat(server.requests).allMatch(r -> Arrays.equals(r.body(), BODY));
        }
    }

    @Test
    void aFinalStatusIsTheResponseWithoutTheBodyAndTheNextRequestHasAConnectionOfItsOwn() throws Exception {
        try (RawServer server = RawServer.start(peer -> {
            RawServer.Received head = peer.head();
            peer.send("HTTP/1.1 417 No\r\nContent-Length: 2\r\n\r\nno");
            assertThat(head.header("content-length") + head.header("transfer-encoding"))
                    .isIn("300000", "chunked");
            peer.awaitClose();
        })) {
            owner.onVu(() -> {
                Http http = owner.http(server.url()).build();
                for (boolean streamed : new boolean[] {false, true}) {
                    HttpResponse response = post(http, streamed, Duration.ofSeconds(20))
                            .okStatus(417)
                            .send();
                    assertThat(response.status()).isEqualTo(417);
                    assertThat(response.text()).isEqualTo("no");
                }
                return null;
            });
            assertThat(server.accepted).hasValue(2);
        }
        assertThat(owner.all("POST /up").stream()
                        .mapToLong(SeriesSnapshot::bytesSent)
                        .sum())
                .isLessThan(1_000);
    }

    @Test
    void theServersWordIsNotTheFirstByteOfItsResponse() throws Exception {
        try (RawServer server = RawServer.start(peer -> {
                    RawServer.Received head = peer.head();
                    peer.send("HTTP/1.1 100 Continue\r\n\r\n");
                    peer.body(head);
                    peer.awaitClose();
                });
                Http2Server two = Http2Server.start(new Http2Settings(), asked -> asked.head(103, false))) {
            owner.onVu(() -> {
                Http one = owner.http(server.url())
                        .firstByteTimeout(Duration.ofMillis(300))
                        .timeout(Duration.ofSeconds(20))
                        .build();
                Http other = owner.http(two.url())
                        .http2()
                        .firstByteTimeout(Duration.ofMillis(300))
                        .timeout(Duration.ofSeconds(20))
                        .build();
                for (HttpRequest request : List.of(post(one, false, Duration.ofSeconds(5)), other.get("/hints"))) {
                    assertThatThrownBy(request::send)
                            .isInstanceOfSatisfying(
                                    HttpException.class,
                                    e -> assertThat(e.code()).isEqualTo(HttpException.Code.TIMEOUT))
                            .hasMessageContaining("first-byte timeout");
                }
                return null;
            });
        }
    }

    @Test
    void aServerThatNeedsLongToGiveItsWordHasTheFirstByteTimeoutFromTheBodyOn() throws Exception {
        try (RawServer server = RawServer.start(peer -> {
            RawServer.Received head = peer.head();
            LockSupport.parkNanos(1_000_000_000);
            peer.send("HTTP/1.1 100 Continue\r\n\r\n");
            peer.body(head);
            LockSupport.parkNanos(1_000_000_000);
            peer.send(RawServer.ok("done"));
        })) {
            owner.onVu(() -> {
                Http http = owner.http(server.url())
                        .firstByteTimeout(Duration.ofMillis(1_800))
                        .build();
                return post(http, false, Duration.ofSeconds(5)).send().expectBodyContains("done");
            });
        }
    }

    @Test
    void withHttp2ItIsTheSame() throws Exception {
        try (Http2Server server = Http2Server.start(new Http2Settings(), asked -> {
            assertThat(asked.path().equals("/none") || Arrays.equals(asked.body(), BODY))
                    .isTrue();
            asked.head(200, false);
            asked.data("done".getBytes(UTF_8), true);
        })) {
            owner.onVu(() -> {
                Http http = owner.http(server.url()).http2().build();
                long start = System.nanoTime();
                // The server answers the whole request only, so it is the limit that releases the body.
                post(http, false, Duration.ofMillis(150)).send().expectBodyContains("done");
                post(http, true, Duration.ofMillis(150)).send().expectBodyContains("done");
                assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(298));
                return http.get("/none").expectContinue(Duration.ofSeconds(20)).send();
            });
            assertThat(server.accepted).hasValue(1);
        }
    }
}
