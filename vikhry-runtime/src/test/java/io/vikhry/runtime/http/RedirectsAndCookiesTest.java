package io.vikhry.runtime.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vikhry.api.Http;
import io.vikhry.api.HttpException;
import io.vikhry.api.HttpException.Code;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
@Tag("beside")
class RedirectsAndCookiesTest extends HttpFixture {
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
}
