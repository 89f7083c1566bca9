package io.vikhry.runtime.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.vikhry.api.CheckFailedException;
import io.vikhry.api.Http;
import io.vikhry.api.HttpResponse;
import io.vikhry.runtime.metrics.SeriesSnapshot;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
@Tag("beside")
class HttpClientTest extends HttpFixture {
    @Test
    void aConnectionIsKeptAndEachRequestIsRecordedUnderItsNameStepAndStatus() throws Exception {
        RawServer server = serve(RawServer.ok("{\"id\":1}"));

        owner.onVu(() -> {
            Http http = owner.http(server.url()).build();
            for (int i = 0; i < 100; i++) {
                assertThat(http.get("/catalog?page=" + i).send().text()).isEqualTo("{\"id\":1}");
            }
            return http.get("/objects/7").name("GET /objects/{id}").send();
        });

        assertThat(server.accepted).hasValue(1);
        assertThat(owner.codes("GET /catalog")).isEqualTo(Map.of("200", 100L));
        assertThat(owner.codes("GET /objects/{id}")).isEqualTo(Map.of("200", 1L));
        SeriesSnapshot series = owner.all("GET /objects/{id}").getFirst();
        assertThat(series.step()).isEqualTo("step");
        assertThat(series.bytesReceived()).isEqualTo(RawServer.ok("{\"id\":1}").length());
        assertThat(series.bytesSent()).isGreaterThan(60);
        assertThat(series.failures()).isZero();
    }

    @Test
    void aHundredThousandPathsUnderOneNameAreOneSeries() throws Exception {
        RawServer server = serve(RawServer.ok(""));
        Http[] client = new Http[1];
        owner.gate = () -> {
            throw new IllegalStateException("not sent: this is about names only");
        };
        int refused = owner.onVu(() -> {
            client[0] = owner.http(server.url()).build();
            int seen = 0;
            for (int i = 0; i < 100_000; i++) {
                try {
                    client[0].get("/objects/" + i).name("GET /objects/{id}").send();
                } catch (IllegalStateException e) {
                    seen++;
                }
            }
            return seen;
        });
        assertThat(refused).isEqualTo(100_000);

        owner.gate = Gate.OPEN;
        owner.onVu(() -> {
            client[0].get("/objects/1").name("GET /objects/{id}").send();
            return client[0].get("/catalog").send();
        });

        assertThat(owner.codes("GET /objects/{id}")).isEqualTo(Map.of("200", 1L));
        assertThat(owner.codes("GET /catalog"))
                .as("a name of its own: there is room for it")
                .isEqualTo(Map.of("200", 1L));
    }

    @Test
    void whatIsSentIsWhatWasAskedFor() throws Exception {
        RawServer server = serve(RawServer.ok(""));
        owner.onVu(() -> {
            Http http = owner.http(URI.create(server.url() + "/api/"))
                    .header("X-All", "1")
                    .header("user-agent", "mine")
                    .build();
            http.get("/x")
                    .query("q", "a b&ü")
                    .query("n", 3)
                    .header("x-all", "2")
                    .send();
            http.post("y").json(Map.of("k", List.of(1, 2))).send();
            http.put("/z?a=1").query("b", 2).form(Map.of("f g", "ä=")).send();
            http.post("/empty").send();
            http.get("/sp ace/ü#frag").send();
            return http.request("PATCH", server.url() + "/abs")
                    .body("text", "text/plain")
                    .send();
        });

        RawServer.Received get = server.requests.get(0);
        assertThat(get.target()).isEqualTo("/api/x?q=a%20b%26%C3%BC&n=3");
        assertThat(get.header("x-all")).isEqualTo("2");
        assertThat(get.header("user-agent")).isEqualTo("mine");
        assertThat(get.header("host")).isEqualTo("127.0.0.1:" + server.port());
        assertThat(get.headers()).doesNotContainKeys("content-length", "accept-encoding");
        RawServer.Received post = server.requests.get(1);
        assertThat(post.target()).isEqualTo("/api/y");
        assertThat(new String(post.body(), UTF_8)).isEqualTo("{\"k\":[1,2]}");
        assertThat(post.header("content-type")).isEqualTo("application/json");
        RawServer.Received put = server.requests.get(2);
        assertThat(put.target()).isEqualTo("/api/z?a=1&b=2");
        assertThat(new String(put.body(), UTF_8)).isEqualTo("f%20g=%C3%A4%3D");
        assertThat(server.requests.get(3).header("content-length")).isEqualTo("0");
        assertThat(server.requests.get(4).target()).isEqualTo("/api/sp%20ace/%C3%BC");
        assertThat(server.requests.get(5).target()).isEqualTo("/abs");
    }

    @Test
    void whatWouldBreakOutOfItsLineIsRefusedBeforeAnythingIsSent() throws Exception {
        RawServer server = serve(RawServer.ok(""));
        Http http = owner.http(server.url()).build();
        for (Runnable attempt : List.<Runnable>of(
                () -> http.get("/a\r\nEvil: 1").send(),
                () -> http.get("/").header("A", "b\r\nEvil: 1"),
                () -> http.get("/").header("A\r\nEvil", "b"),
                () -> http.get("/").header("Content-Length", "7"),
                () -> http.post("/").body("x", "text/plain\r\nEvil: 1").send(),
                () -> http.request("GET / HTTP/1.1\r\nEvil: 1\r\n\r\nGET", "/").send(),
                () -> owner.http(server.url()).header("A", "b\nc"))) {
            assertThatThrownBy(attempt::run).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(server.requests).isEmpty();
        assertThatThrownBy(() -> owner.http(URI.create("ftp://h/"))).hasMessageContaining("http or https");
        assertThatThrownBy(() -> owner.http(URI.create("/relative"))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void childrenOfAVuHaveConnectionsOfTheirOwn() throws Exception {
        CountDownLatch both = new CountDownLatch(2);
        RawServer server = serve(peer -> {
            while (peer.request() != null) {
                both.countDown();
                both.await();
                peer.send(RawServer.ok("x"));
            }
        });
        owner.onVu(() -> {
            Http http = owner.http(server.url()).build();
            Thread child = Thread.startVirtualThread(() -> http.get("/child").send());
            http.get("/parent").send();
            child.join();
            return null;
        });
        assertThat(server.accepted).hasValue(2);
        assertThat(owner.codes("GET /child")).isEqualTo(Map.of("200", 1L));
    }

    @Test
    void theGateStandsBeforeEachRequest() throws Exception {
        RawServer server = serve(RawServer.ok("x"));
        owner.onVu(() -> {
            Http http = owner.http(server.url()).build();
            http.get("/a").send();
            owner.gate = () -> {
                throw new IllegalStateException("the lease is over");
            };
            assertThatThrownBy(() -> http.get("/a").send()).hasMessage("the lease is over");
            return null;
        });
        assertThat(server.requests).hasSize(1);
    }

    @Test
    void latenessOfTheStepIsPartOfTheResponseTimeOnly() throws Exception {
        RawServer server = serve(RawServer.ok("x"));
        owner.latenessNanos = TimeUnit.SECONDS.toNanos(2);
        HttpResponse response =
                owner.onVu(() -> owner.http(server.url()).build().get("/a").send());
        SeriesSnapshot series = owner.all("GET /a").getFirst();
        assertThat(series.response().getMinValue()).isBetween(1_990_000L, 3_500_000L);
        assertThat(series.service()).isNotNull();
        assertThat(series.service().getMaxValue()).isLessThan(1_500_000);
        assertThat(response.serviceTime()).isLessThan(Duration.ofMillis(1_500));
    }

    @Test
    void aFailedCheckMovesTheSampleOnceAndSaysWhatCame() throws Exception {
        RawServer server =
                serve("HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\n{\"a\":{\"b\":1.0,\"t\":\"x\",\"n\":null");
        RawServer good = serve(RawServer.ok("{\"a\":{\"b\":1.0,\"t\":\"x\",\"n\":null}}"));
        RawServer bad = serve("HTTP/1.1 503 Down\r\nContent-Length: 4\r\n\r\nsick");
        owner.onVu(() -> {
            Http http = owner.http(good.url()).build();
            HttpResponse r = http.get("/good").send();
            r.expectStatus(200, 201)
                    .expectJson("/a/b", 1)
                    .expectJson("/a/t", "x")
                    .expectBodyContains("null");
            assertThat(r.json("/a/b")).contains("1.0");
            assertThat(r.json("/a/n")).isEmpty();
            assertThat(r.json("/a/z/0")).isEmpty();
            assertThat(r.json(Map.class)).containsKey("a");
            assertThatThrownBy(() -> http.get("/status").send().expectStatus(201))
                    .isInstanceOf(CheckFailedException.class)
                    .hasMessageContaining("GET /status")
                    .hasMessageContaining("expected status 201, came status 200")
                    .hasMessageContaining("\"t\":\"x\"");
            HttpResponse twice = http.get("/json").send();
            assertThatThrownBy(() -> twice.expectJson("/a/t", "y")).hasMessageContaining("expected y at /a/t, came x");
            assertThatThrownBy(() -> twice.expectBodyContains("zzz")).isInstanceOf(CheckFailedException.class);
            HttpResponse cut = owner.http(server.url()).build().get("/cut").send();
            assertThatThrownBy(() -> cut.json(Map.class)).isInstanceOf(CheckFailedException.class);
            HttpResponse down = owner.http(bad.url()).build().get("/down").send();
            assertThatThrownBy(() -> down.expectStatus(200)).hasMessageContaining("sick");
            return owner.http(bad.url()).build().get("/fine").okStatus(503).send();
        });
        assertThat(owner.codes("GET /good")).isEqualTo(Map.of("200", 1L));
        assertThat(owner.codes("GET /status")).isEqualTo(Map.of("CHECK_STATUS", 1L));
        assertThat(owner.codes("GET /json")).isEqualTo(Map.of("CHECK_JSON", 1L));
        assertThat(owner.codes("GET /cut")).isEqualTo(Map.of("CHECK_JSON", 1L));
        assertThat(owner.codes("GET /down")).isEqualTo(Map.of("503", 1L));
        assertThat(owner.failures("GET /down")).isEqualTo(1);
        assertThat(owner.failures("GET /json")).isEqualTo(1);
        assertThat(owner.failures("GET /fine")).isZero();
        assertThat(owner.errors()).anySatisfy(e -> {
            assertThat(e.code()).isEqualTo("CHECK_STATUS");
            assertThat(e.message()).contains("expected status 201");
        });
    }

    @Test
    void aNameIsResolvedApartFromTheLoop() throws Exception {
        RawServer server = serve(RawServer.ok("x"));
        HttpResponse response = owner.onVu(
                () -> owner.http(server.url("localhost")).build().get("/").send());
        assertThat(response.status()).isEqualTo(200);
    }

    @Test
    void manyUsersLeaveNoConnectionBehind() throws Exception {
        RawServer server = serve(RawServer.ok("x"));
        List<CompletableFuture<Object>> users = new ArrayList<>();
        for (int u = 0; u < 50; u++) {
            users.add(owner.start(() -> {
                try (Http http = owner.http(server.url()).build()) {
                    for (int i = 0; i < 20; i++) {
                        http.get("/many").send().expectBodyContains("x");
                    }
                }
                return null;
            }));
        }
        for (CompletableFuture<Object> user : users) {
            user.get(50, TimeUnit.SECONDS);
        }
        assertThat(server.accepted).hasValue(50);
        await().atMost(Duration.ofSeconds(5)).until(() -> server.openConnections() == 0);
        assertThat(owner.codes("GET /many")).isEqualTo(Map.of("200", 1000L));
    }

    @Test
    void aClosedClientSaysSo() throws Exception {
        RawServer server = serve(RawServer.ok("x"));
        owner.onVu(() -> {
            Http http = owner.http(server.url()).build();
            http.close();
            assertThatThrownBy(() -> http.get("/").send())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("closed");
            return null;
        });
    }
}
