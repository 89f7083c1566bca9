package io.vikhry.runtime.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Settings;
import io.vikhry.api.Http;
import io.vikhry.api.HttpException;
import io.vikhry.api.HttpException.Code;
import io.vikhry.api.HttpResponse;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
@Tag("beside")
class Http2ClientTest extends HttpFixture {
    @TempDir
    private static Path directory;

    private static TestKey key;

    @BeforeAll
    static void keys() throws Exception {
        key = TestKey.make(directory, "server");
    }

    private Http2Server serves(Http2Server.Script script) throws Exception {
        Http2Server server = Http2Server.start(new Http2Settings(), script);
        servers.add(server);
        return server;
    }

    private static void ok(Http2Server.Asked asked) {
        asked.head(200, false, "x-method", asked.headers().method().toString());
        asked.data(asked.path().getBytes(UTF_8), true);
    }

    private Code failure(Http http, String path) throws Exception {
        return owner.onVu(() -> {
            try {
                http.get(path)
                        .name("GET /f")
                        .timeout(path.equals("/silent") ? Duration.ofMillis(300) : Duration.ofSeconds(20))
                        .send();
                return null;
            } catch (HttpException e) {
                return e.code();
            }
        });
    }

    // ---- what works

    @Test
    void overTlsAndByPriorKnowledgeRequestsShareOneConnectionAndAreRecordedAsAnyOther() throws Exception {
        Http2Server tls = Http2Server.start(key, Http2ClientTest::ok);
        servers.add(tls);
        for (Http2Server server : List.of(tls, serves(Http2ClientTest::ok))) {
            HttpResponse last = owner.onVu(() -> {
                Http http = owner.http(server.url())
                        .insecure()
                        .http2()
                        .header("X-All", "1")
                        .build();
                for (int i = 0; i < 50; i++) {
                    assertThat(http.get("/catalog?page=" + i).send().text()).isEqualTo("/catalog?page=" + i);
                }
                return http.post("/post").query("q", 1).json(Map.of("k", 1)).send();
            });
            assertThat(last.status()).isEqualTo(200);
            assertThat(last.header("X-Method")).contains("POST");
            assertThat(server.accepted).hasValue(1);
            Http2Server.Asked asked = server.requests.getLast();
            assertThat(asked.body()).asString().isEqualTo("{\"k\":1}");
            assertThat(asked.headers().authority()).hasToString(server.url().getAuthority());
            assertThat(asked.headers().get("x-all")).hasToString("1");
            assertThat(asked.headers().get("content-type")).hasToString("application/json");
        }
        assertThat(owner.codes("GET /catalog")).isEqualTo(Map.of("200", 100L));
        assertThat(owner.codes("POST /post")).isEqualTo(Map.of("200", 2L));
    }

    @Test
    void bigBodiesGoBothWaysThroughTheFlowControl() throws Exception {
        byte[] big = new byte[5_000_000];
        new Random(1).nextBytes(big);
        Http2Server server = serves(asked -> {
            asked.head(200, false);
            asked.data(asked.body(), true);
        });
        owner.onVu(() -> {
            Http http = owner.http(server.url()).http2().build();
            assertThat(http.post("/").body(big, "a/b").send().body()).isEqualTo(big);
            assertThat(http.post("/").body(Arrays.copyOf(big, 10), "a/b").send().body())
                    .hasSize(10);
            return null;
        });
        assertThat(server.accepted).hasValue(1);
    }

    @Test
    void interimHeadsTrailersAndCookiesAreUnderstood() throws Exception {
        Http2Server server = serves(asked -> {
            asked.head(103, false, "link", "</a>");
            asked.head(200, false, "set-cookie", "a=1", "set-cookie", "b=2");
            asked.data("body".getBytes(UTF_8), false);
            asked.trailers("x-trailer", "t");
        });
        owner.onVu(() -> {
            Http http = owner.http(server.url()).http2().build();
            HttpResponse response = http.get("/a").send();
            assertThat(response.text()).isEqualTo("body");
            assertThat(response.headers("Set-Cookie")).containsExactly("a=1", "b=2");
            assertThat(response.trailer("X-Trailer")).contains("t");
            assertThat(response.header("X-Trailer")).isEmpty();
            return http.get("/a").send();
        });
        assertThat(server.requests.getLast().headers().get("cookie")).hasToString("a=1; b=2");
    }

    @Test
    void moreRequestsThanTheServerAllowsAtATimeWaitForAStream() throws Exception {
        Http2Server server = Http2Server.start(new Http2Settings().maxConcurrentStreams(2), Http2ClientTest::ok);
        servers.add(server);
        Http http = owner.onVu(() -> {
            Http h = owner.http(server.url()).http2().build();
            h.get("/first").send();
            return h;
        });
        List<CompletableFuture<Integer>> all = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            all.add(owner.start(() -> http.get("/many").send().status()));
        }
        for (CompletableFuture<Integer> each : all) {
            assertThat(each.get(20, TimeUnit.SECONDS)).isEqualTo(200);
        }
        assertThat(server.accepted).hasValue(1);
    }

    @Test
    void aServerThatChoosesHttp11OverTlsIsSpokenToInHttp11() throws Exception {
        RawServer server = RawServer.start(
                key.serverContext(null).getServerSocketFactory().createServerSocket(0),
                RawServer.always(RawServer.ok("old")));
        servers.add(server);
        owner.onVu(() -> {
            Http http = owner.http(server.url("localhost")).insecure().http2().build();
            assertThat(http.get("/").send().text()).isEqualTo("old");
            assertThat(http.get("/").send().text()).isEqualTo("old");
            return null;
        });
        assertThat(server.accepted).hasValue(1);
    }

    // ---- what goes wrong

    @Test
    void everyFailureHasACodeAndTheConnectionLivesOnWhereOnlyTheStreamFailed() throws Exception {
        Http2Server server = serves(asked -> {
            switch (asked.path()) {
                case "/silent" -> {}
                case "/reset" -> asked.reset(Http2Error.INTERNAL_ERROR.code());
                case "/half" -> {
                    asked.head(200, false, "content-length", "100");
                    asked.data(new byte[10], true);
                }
                case "/huge" -> {
                    asked.head(200, false);
                    asked.data(new byte[100_000], true);
                }
                case "/no-status" -> asked.head(7, true);
                case "/storm" -> {
                    for (int i = 0; i < 100; i++) {
                        asked.head(102, false);
                    }
                }
                default -> ok(asked);
            }
        });
        Http http = owner.onVu(
                () -> owner.http(server.url()).http2().maxBody(50_000).build());
        assertThat(failure(http, "/ok")).isNull();
        assertThat(failure(http, "/reset")).isEqualTo(Code.RESET);
        assertThat(failure(http, "/half")).isEqualTo(Code.PROTOCOL);
        assertThat(failure(http, "/huge")).isEqualTo(Code.TOO_LARGE);
        assertThat(failure(http, "/no-status")).isEqualTo(Code.PROTOCOL);
        assertThat(failure(http, "/storm")).isEqualTo(Code.PROTOCOL);
        assertThat(server.accepted).hasValue(1);
        assertThat(failure(http, "/silent")).isEqualTo(Code.TIMEOUT);
        assertThat(failure(http, "/ok")).isNull();
        assertThat(owner.codes("GET /f"))
                .isEqualTo(Map.of("200", 2L, "RESET", 1L, "PROTOCOL", 3L, "TOO_LARGE", 1L, "TIMEOUT", 1L));
    }

    @Test
    void whatTheServerTurnedAwayIsSentAgainOnAnotherConnection() throws Exception {
        Http2Server server = serves(asked -> {
            if (asked.path().equals("/away") && asked.stream() > 3) {
                asked.goAway(3);
            } else if (asked.path().equals("/refuse") && asked.stream() == 5) {
                asked.reset(Http2Error.REFUSED_STREAM.code());
            } else {
                ok(asked);
            }
        });
        for (String path : List.of("/away", "/refuse")) {
            Http http = owner.onVu(() -> owner.http(server.url()).http2().build());
            assertThat(failure(http, "/warm")).isNull();
            assertThat(failure(http, path)).isNull();
        }
        assertThat(server.accepted).hasValue(3);
    }

    @Test
    void aServerThatDoesNotSpeakHttp2IsAProtocolErrorAndOneThatClosesAReset() throws Exception {
        RawServer old = RawServer.start(peer -> {
            peer.send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
            // Were the preface left unread, the close would be a reset that may overtake the words.
            peer.socket.getInputStream().transferTo(OutputStream.nullOutputStream());
        });
        servers.add(old);
        RawServer closing = RawServer.start(peer -> peer.socket.getInputStream().read());
        servers.add(closing);
        assertThat(failure(owner.onVu(() -> owner.http(old.url()).http2().build()), "/"))
                .isEqualTo(Code.PROTOCOL);
        assertThat(failure(owner.onVu(() -> owner.http(closing.url()).http2().build()), "/"))
                .isEqualTo(Code.RESET);
    }

    @Test
    void closingTheClientCancelsWhatIsUnderWay() throws Exception {
        Http2Server server = serves(asked -> {});
        Http http = owner.onVu(() -> owner.http(server.url()).http2().build());
        CompletableFuture<HttpResponse> pending =
                owner.start(() -> http.get("/p").send());
        org.awaitility.Awaitility.await().until(() -> !server.requests.isEmpty());
        http.close();
        assertThat(pending)
                .failsWithin(Duration.ofSeconds(5))
                .withThrowableThat()
                .withMessageContaining("CANCELLED");
    }
}
