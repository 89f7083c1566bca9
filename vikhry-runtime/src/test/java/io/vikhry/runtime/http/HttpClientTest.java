package io.vikhry.runtime.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.vikhry.api.CheckFailedException;
import io.vikhry.api.Http;
import io.vikhry.api.HttpException;
import io.vikhry.api.HttpException.Code;
import io.vikhry.api.HttpResponse;
import io.vikhry.runtime.metrics.SeriesSnapshot;
import java.io.ByteArrayOutputStream;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HttpClientTest extends HttpFixture {
    // ---- requests and responses

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

    // ---- checks

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

    // ---- redirects and cookies

    @Test
    void redirectsAreFollowedAndEachHopIsASample() throws Exception {
        RawServer other = serve(RawServer.ok("there"));
        RawServer server = serve(peer -> {
            for (RawServer.Received r = peer.request(); r != null; r = peer.request()) {
                String location = switch (r.target()) {
                    case "/a" -> "303|/b/c";
                    case "/b/c" -> "302|d?x=1";
                    case "/keep" -> "307|/end";
                    case "/away" -> "302|" + other.url() + "/elsewhere";
                    case "/loop" -> "302|/loop";
                    case "/file" -> "302|file:///etc/passwd";
                    default -> "";
                };
                peer.send(
                        location.isEmpty()
                                ? RawServer.ok("end")
                                : "HTTP/1.1 " + location.substring(0, 3) + " Go\r\nContent-Length: 0\r\nLocation: "
                                        + location.substring(4) + "\r\n\r\n");
            }
        });
        owner.onVu(() -> {
            Http http = owner.http(server.url())
                    .redirects(5)
                    .header("Authorization", "secret")
                    .build();
            assertThat(http.post("/a").body("x", "t/p").send().text()).isEqualTo("end");
            assertThat(http.post("/keep").body("y", "t/p").send().status()).isEqualTo(200);
            assertThat(http.get("/away").send().text()).isEqualTo("there");
            assertThatThrownBy(() -> http.get("/loop").send()).hasMessageContaining("more than 5 redirects");
            assertThatThrownBy(() -> http.get("/file").send())
                    .isInstanceOfSatisfying(
                            HttpException.class, e -> assertThat(e.code()).isEqualTo(Code.REDIRECT));
            return owner.http(server.url()).build().get("/plain").send();
        });
        List<String> seen = server.requests.stream()
                .map(r -> r.method() + " " + r.target() + " " + new String(r.body(), UTF_8))
                .toList();
        assertThat(seen)
                .startsWith("POST /a x", "GET /b/c ", "GET /b/d?x=1 ", "POST /keep y", "POST /end y", "GET /away ");
        assertThat(server.requests.get(5).header("authorization")).isEqualTo("secret");
        assertThat(other.requests.getFirst().header("authorization")).isEmpty();
        assertThat(other.requests.getFirst().header("host")).isEqualTo("127.0.0.1:" + other.port());
        assertThat(owner.codes("POST /a")).isEqualTo(Map.of("303", 1L, "302", 1L, "200", 1L));
        assertThat(owner.codes("GET /loop")).isEqualTo(Map.of("302", 5L, "REDIRECT", 1L));
        assertThat(owner.codes("GET /file")).isEqualTo(Map.of("REDIRECT", 1L));
    }

    @Test
    void cookiesComeBackToWhereTheyBelong() throws Exception {
        RawServer server = serve(peer -> {
            for (RawServer.Received r = peer.request(); r != null; r = peer.request()) {
                String cookies = r.target().equals("/login")
                        ? "Set-Cookie: sid=1; Path=/; HttpOnly\r\nSet-Cookie: deep=2; Path=/deep\r\nSet-Cookie: tls=3; Secure\r\n"
                                + "Set-Cookie: gone=4; Max-Age=0\r\nSet-Cookie: foreign=5; Domain=example.org\r\n"
                        : "";
                peer.send("HTTP/1.1 200 OK\r\n" + cookies + "Content-Length: 0\r\n\r\n");
            }
        });
        owner.onVu(() -> {
            Http http = owner.http(server.url()).build();
            http.get("/login").send();
            http.get("/x").send();
            http.get("/deep/y").send();
            http.get("/deeper").send();
            Http without = owner.http(server.url()).cookies(false).build();
            without.get("/login").send();
            return without.get("/x").send();
        });
        assertThat(server.requests.stream().map(r -> r.header("cookie")))
                .containsExactly("", "sid=1", "deep=2; sid=1", "sid=1", "", "");
    }

    // ---- failures

    private HttpException failure(Http http, String path) {
        try {
            http.get(path).send();
        } catch (HttpException e) {
            return e;
        }
        throw new AssertionError("no failure");
    }

    @Test
    void aRequestThatGetsNoAnswerEndsWithItsTimeoutAndTheTimeItTook() throws Exception {
        RawServer server = serve(peer -> {
            peer.request();
            peer.send("HTTP/1.1 200 OK\r\nContent-Le");
            peer.awaitClose();
        });
        long start = System.nanoTime();
        HttpException e = owner.onVu(() ->
                failure(owner.http(server.url()).timeout(Duration.ofMillis(200)).build(), "/slow"));
        assertThat(System.nanoTime() - start).isBetween(200_000_000L, 2_000_000_000L);
        assertThat(e.code()).isEqualTo(Code.TIMEOUT);
        assertThat(e).hasMessageContaining("GET " + server.url() + "/slow");
        SeriesSnapshot series = owner.all("GET /slow").getFirst();
        assertThat(series.codes()).isEqualTo(Map.of("TIMEOUT", 1L));
        assertThat(series.response().getMinValue()).isBetween(199_000L, 1_500_000L);
        assertThat(series.bytesReceived()).isEqualTo("HTTP/1.1 200 OK\r\nContent-Le".length());
        await().atMost(Duration.ofSeconds(5)).until(() -> server.openConnections() == 0);
    }

    @Test
    void aShorterTimeoutOnAKeptConnectionStrikesInItsTime() throws Exception {
        RawServer server = serve(peer -> {
            peer.request();
            peer.send(RawServer.ok(""));
            peer.request();
            peer.awaitClose();
        });
        long took = owner.onVu(() -> {
            Http http = owner.http(server.url()).build();
            http.get("/a").send();
            long start = System.nanoTime();
            assertThatThrownBy(
                            () -> http.get("/b").timeout(Duration.ofMillis(100)).send())
                    .hasMessageContaining("TIMEOUT");
            return System.nanoTime() - start;
        });
        assertThat(took).isBetween(100_000_000L, 2_000_000_000L);
    }

    @Test
    void aClosedPortIsRefusedAndAnUnknownNameDoesNotResolve() throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        owner.onVu(() -> {
            HttpException refused =
                    failure(owner.http(URI.create("http://127.0.0.1:" + port)).build(), "/r");
            assertThat(refused.code()).isEqualTo(Code.CONNECT_REFUSED);
            HttpException unknown = failure(
                    owner.http(URI.create("http://no-such-host.invalid")).build(), "/d");
            assertThat(unknown.code()).isEqualTo(Code.DNS);
            return null;
        });
        assertThat(owner.codes("GET /r")).isEqualTo(Map.of("CONNECT_REFUSED", 1L));
        assertThat(owner.codes("GET /d")).isEqualTo(Map.of("DNS", 1L));
    }

    @Test
    void aNameIsResolvedApartFromTheLoop() throws Exception {
        RawServer server = serve(RawServer.ok("x"));
        HttpResponse response = owner.onVu(
                () -> owner.http(server.url("localhost")).build().get("/").send());
        assertThat(response.status()).isEqualTo(200);
    }

    @Test
    void aConnectionThatIsNotAcceptedEndsWithTheConnectTimeout() throws Exception {
        try (ServerSocket full = new ServerSocket(0, 1)) {
            URI url = URI.create("http://127.0.0.1:" + full.getLocalPort());
            // A backlog that is full leaves the next connections without an answer.
            List<CompletableFuture<HttpException>> all = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                all.add(owner.start(() -> failure(
                        owner.http(url)
                                .connectTimeout(Duration.ofMillis(300))
                                .timeout(Duration.ofMillis(900))
                                .build(),
                        "/c")));
            }
            List<Code> codes = new ArrayList<>();
            for (CompletableFuture<HttpException> each : all) {
                codes.add(each.get(10, TimeUnit.SECONDS).code());
            }
            assertThat(codes).contains(Code.CONNECT_TIMEOUT).containsOnly(Code.CONNECT_TIMEOUT, Code.TIMEOUT);
        }
    }

    @Test
    void aConnectionThatBreaksAtAnyByteIsAReset() throws Exception {
        byte[] response = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello".getBytes(ISO_8859_1);
        AtomicInteger cut = new AtomicInteger();
        RawServer server = serve(peer -> {
            RawServer.Received r = peer.request();
            if (r != null) {
                peer.send(Arrays.copyOf(response, cut.getAndIncrement()));
                if (r.target().equals("/rst")) {
                    peer.reset();
                }
            }
        });
        owner.onVu(() -> {
            Http http = owner.http(server.url()).build();
            for (String path : List.of("/fin", "/rst")) {
                cut.set(0);
                for (int i = 0; i < response.length; i++) {
                    HttpException e = failure(http, path);
                    assertThat(e.code()).as("%s after %d bytes: %s", path, i, e).isEqualTo(Code.RESET);
                }
            }
            return null;
        });
        assertThat(owner.codes("GET /fin")).isEqualTo(Map.of("RESET", (long) response.length));
        assertThat(owner.codes("GET /rst")).isEqualTo(Map.of("RESET", (long) response.length));
    }

    @Test
    void garbageIsAProtocolFailureAndAHugeHeadOrBodyIsTooLarge() throws Exception {
        RawServer server = serve(peer -> {
            RawServer.Received r = peer.request();
            switch (r.target()) {
                case "/garbage" -> peer.send("SSH-2.0-OpenSSH\r\n");
                case "/head" -> peer.send("HTTP/1.1 200 OK\r\n" + "A: b\r\n".repeat(20_000));
                default -> peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffff\r\n");
            }
            peer.awaitClose();
        });
        owner.onVu(() -> {
            Http http = owner.http(server.url()).maxBody(100_000).build();
            assertThat(failure(http, "/garbage").code()).isEqualTo(Code.PROTOCOL);
            assertThat(failure(http, "/head").code()).isEqualTo(Code.TOO_LARGE);
            assertThat(failure(http, "/body").code()).isEqualTo(Code.TOO_LARGE);
            return null;
        });
        assertThat(owner.codes("GET /garbage")).isEqualTo(Map.of("PROTOCOL", 1L));
        await().atMost(Duration.ofSeconds(5)).until(() -> server.openConnections() == 0);
    }

    @Test
    void anInterruptCancelsTheRequestAndIsNotLost() throws Exception {
        CountDownLatch arrived = new CountDownLatch(1);
        RawServer server = serve(peer -> {
            peer.request();
            arrived.countDown();
            peer.awaitClose();
        });
        CompletableFuture<Thread> vu = new CompletableFuture<>();
        CompletableFuture<Boolean> interrupted = owner.start(() -> {
            Http http = owner.http(server.url()).build();
            vu.complete(Thread.currentThread());
            assertThat(failure(http, "/wait").code()).isEqualTo(Code.CANCELLED);
            boolean still = Thread.currentThread().isInterrupted();
            assertThat(failure(http, "/never").code()).isEqualTo(Code.CANCELLED);
            return still & Thread.interrupted();
        });
        assertThat(arrived.await(10, TimeUnit.SECONDS)).isTrue();
        vu.get(1, TimeUnit.SECONDS).interrupt();

        assertThat(interrupted.get(5, TimeUnit.SECONDS)).isTrue();
        assertThat(owner.codes("GET /wait")).isEqualTo(Map.of("CANCELLED", 1L));
        assertThat(owner.codes("GET /never")).isEmpty();
        await().atMost(Duration.ofSeconds(5)).until(() -> server.openConnections() == 0);
    }

    @Test
    void aKeptConnectionThatTheServerGaveUpIsReplacedForSafeMethodsOnly() throws Exception {
        RawServer server = serve(peer -> {
            peer.request();
            peer.send(RawServer.ok("x"));
            // The second request on a connection is met by a close, as when the server's idle timeout strikes just
            // then.
            peer.request();
        });
        owner.onVu(() -> {
            Http http = owner.http(server.url()).build();
            for (int i = 0; i < 5; i++) {
                assertThat(http.get("/get").send().status()).isEqualTo(200);
            }
            assertThatThrownBy(() -> http.post("/post").send())
                    .isInstanceOfSatisfying(
                            HttpException.class, e -> assertThat(e.code()).isEqualTo(Code.RESET));
            return http.get("/get").send();
        });
        assertThat(owner.codes("GET /get")).isEqualTo(Map.of("200", 6L));
        assertThat(owner.codes("POST /post")).isEqualTo(Map.of("RESET", 1L));
    }

    @Test
    void aConnectionThatIsOutOfStepIsNotUsedAgain() throws Exception {
        RawServer server = serve(peer -> {
            while (peer.request() != null) {
                peer.send(RawServer.ok("x") + RawServer.ok("unasked"));
            }
        });
        owner.onVu(() -> {
            Http http = owner.http(server.url()).build();
            for (int i = 0; i < 3; i++) {
                assertThat(http.get("/").send().text()).isEqualTo("x");
            }
            return null;
        });
        assertThat(server.accepted).hasValue(3);
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
            user.get(20, TimeUnit.SECONDS);
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
