package io.vikhry.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vikhry.api.Http;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a server reads of the headers that client, request, body and jar set. */
@Timeout(60)
@Tag("beside")
class RequestHeadsTest extends HttpFixture {
    private Map<String, String> last(RawServer server) {
        return server.requests.getLast().headers();
    }

    @Test
    void eachIsThereOnceAndWhatIsNearestToTheRequestGoesBefore() throws Exception {
        RawServer server = serve("HTTP/1.1 200 OK\r\nSet-Cookie: kept=1\r\nContent-Length: 0\r\n\r\n");
        owner.onVu(() -> {
            Http http = owner.http(server.url())
                    .header("Content-Type", "of/client")
                    .header("Cookie", "fixed=2")
                    .build();
            http.get("/").send();
            assertThat(last(server)).containsEntry("content-type", "of/client").containsEntry("cookie", "fixed=2");
            http.post("/").body("x", "of/body").send();
            assertThat(last(server))
                    .containsEntry("content-type", "of/body")
                    .containsEntry("cookie", "fixed=2; kept=1");
            http.post("/")
                    .header("content-type", "of/request")
                    .header("cookie", "own=3")
                    .body("x", "of/body")
                    .send();
            assertThat(last(server)).containsEntry("content-type", "of/request").containsEntry("cookie", "own=3");
            return null;
        });
    }

    @Test
    void aRedirectTakesAlongWhatTheNextServerMaySeeAndTheNextRequestNeeds() throws Exception {
        RawServer there = serve(RawServer.ok("x"));
        RawServer here = serve(peer -> {
            for (RawServer.Received r = peer.request(); r != null; r = peer.request()) {
                peer.send("HTTP/1.1 " + r.target().substring(1) + " Go\r\nContent-Length: 0\r\nLocation: " + there.url()
                        + "/\r\n\r\n");
            }
        });
        owner.onVu(() -> {
            Http http = owner.http(here.url())
                    .redirects(1)
                    .header("Proxy-Authorization", "secret")
                    .build();
            for (int status : new int[] {301, 302, 303, 307, 308}) {
                http.post("/" + status)
                        .header("Authorization", "secret")
                        .header("Cookie", "secret=1")
                        .header("Content-Type", "a/b")
                        .header("Content-Language", "en")
                        .header("X-Own", "y")
                        .body("x", "c/d")
                        .send();
                assertThat(last(here)).containsEntry("authorization", "secret").containsEntry("content-type", "a/b");
                assertThat(last(there))
                        .as("%d", status)
                        .containsEntry("x-own", "y")
                        .doesNotContainKeys("authorization", "proxy-authorization", "cookie");
                if (status < 304) {
                    assertThat(last(there)).doesNotContainKeys("content-type", "content-language", "content-length");
                } else {
                    assertThat(last(there))
                            .containsEntry("content-type", "a/b")
                            .containsEntry("content-language", "en");
                }
            }
            return null;
        });
    }

    @Test
    void aHeadThatNoBufferHoldsIsFollowedByItsBody() throws Exception {
        RawServer server = serve(RawServer.ok("x"));
        owner.onVu(() -> owner.http(server.url())
                .build()
                .put("/")
                .header("X-Big", "y".repeat(300_000))
                .body(new byte[1_000_000], "a/b")
                .send()
                .expectStatus(200));
        assertThat(server.requests.getFirst().header("x-big")).hasSize(300_000);
        assertThat(server.requests.getFirst().body()).hasSize(1_000_000);
    }

    @Test
    void namesOfContainersAndInternationalOnesAreHosts() throws Exception {
        RawServer server = serve(RawServer.ok("x"));
        AllowedHosts these = AllowedHosts.of(List.of("my_service", "b\u00fccher.example"));
        owner.allowed = host -> these.permits(host, server.port());
        owner.onVu(() -> {
            for (String host : new String[] {"my_service", "B\u00fccher.example"}) {
                owner.http(URI.create("http://" + host + ":" + server.port()))
                        .resolve(host, "127.0.0.1")
                        .build()
                        .get("/")
                        .send()
                        .expectStatus(200);
            }
            return null;
        });
        assertThat(server.requests.stream().map(r -> r.header("host")))
                .containsExactly("my_service:" + server.port(), "xn--bcher-kva.example:" + server.port());
    }

    @Test
    void aConnectionIsNotUsedAgainWhereTheRequestSaysThatItEnds() throws Exception {
        // It says nothing to that, and keeps the connection.
        RawServer server = serve(RawServer.ok("x"));
        owner.onVu(() -> {
            Http http = owner.http(server.url()).build();
            http.post("/own").header("connection", "TE, Close").send();
            http.post("/next").send();
            http.post("/next").send();
            Http brief = owner.http(server.url()).header("Connection", "close").build();
            brief.post("/all").send();
            brief.post("/all").send();
            brief.post("/own").header("Connection", "keep-alive").send();
            brief.post("/next").send();
            return null;
        });
        assertThat(server.accepted).hasValue(5);
        owner.closeClients();
        awaitClosed(server);
    }
}
