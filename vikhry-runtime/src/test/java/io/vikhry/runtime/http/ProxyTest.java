package io.vikhry.runtime.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.codec.http2.Http2Settings;
import io.vikhry.api.Http;
import io.vikhry.api.HttpException;
import io.vikhry.api.HttpException.Code;
import java.io.DataInputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests through a proxy. */
@Timeout(60)
@Tag("beside")
class ProxyTest extends HttpFixture {
    private static final String BASIC = "Basic " + Base64.getEncoder().encodeToString("me:s3cr@t+".getBytes(UTF_8));

    @TempDir
    private static Path directory;

    /** Leads each CONNECT to {@code port}, whatever it names. */
    private RawServer tunnelTo(int port) throws Exception {
        return serve(peer -> {
            peer.head();
            peer.send("HTTP/1.1 200 Connection established\r\nContent-Length: 5\r\n\r\n");
            peer.join(port);
        });
    }

    private static URI withUser(RawServer proxy) {
        return URI.create("http://me:s3cr%40t+@127.0.0.1:" + proxy.port());
    }

    private static HttpException failure(Http http) {
        try {
            http.get("/x").send();
        } catch (HttpException e) {
            return e;
        }
        throw new AssertionError("no failure");
    }

    @Test
    void aPlainRequestIsGivenToItWholeWithTheCredentialsOnTheSameConnection() throws Exception {
        RawServer proxy = serve(RawServer.always(RawServer.ok("from the proxy")));
        owner.onVu(() -> {
            Http http = owner.http(URI.create("http://shop.invalid:81/api"))
                    .proxy(withUser(proxy))
                    .build();
            assertThat(http.get("/a").query("q", 1).send().text()).isEqualTo("from the proxy");
            return http.post("/b").body("x", "text/plain").send();
        });
        assertThat(proxy.accepted).hasValue(1);
        assertThat(proxy.requests.get(0).target()).isEqualTo("http://shop.invalid:81/api/a?q=1");
        for (RawServer.Received request : proxy.requests) {
            assertThat(request.header("host")).isEqualTo("shop.invalid:81");
            assertThat(request.header("proxy-authorization")).isEqualTo(BASIC);
        }
        assertThat(owner.codes("GET /a")).isEqualTo(Map.of("200", 1L));
    }

    @Test
    void forHttpsAndHttp2ItIsAskedForATunnelAndTheServerNeverSeesTheCredentials() throws Exception {
        TestKey key = TestKey.make(directory, "tunnelled");
        RawServer tls = RawServer.start(
                key.serverContext(null).getServerSocketFactory().createServerSocket(0),
                RawServer.always(RawServer.ok("secret")));
        servers.add(tls);
        Http2Server h2 = Http2Server.start(new Http2Settings(), asked -> asked.head(204, true));
        servers.add(h2);
        RawServer toTls = tunnelTo(tls.port());
        RawServer toH2 = tunnelTo(h2.url().getPort());
        owner.onVu(() -> {
            Http https = owner.http(URI.create("https://shop.invalid"))
                    .insecure()
                    .proxy(withUser(toTls))
                    .build();
            for (int i = 0; i < 3; i++) {
                assertThat(https.get("/x").send().text()).isEqualTo("secret");
            }
            Http two = owner.http(URI.create("http://shop.invalid"))
                    .http2()
                    .proxy(toH2.url())
                    .build();
            return two.get("/y").send().expectStatus(204);
        });
        assertThat(toTls.accepted).hasValue(1);
        RawServer.Received connect = toTls.requests.getFirst();
        assertThat(connect.method() + " " + connect.target()).isEqualTo("CONNECT shop.invalid:443");
        assertThat(connect.header("proxy-authorization")).isEqualTo(BASIC);
        assertThat(tls.requests.getFirst().headers()).doesNotContainKey("proxy-authorization");
        assertThat(tls.requests.getFirst().target()).isEqualTo("/x");
        assertThat(toH2.requests.getFirst().target()).isEqualTo("shop.invalid:80");
        assertThat(toH2.requests.getFirst().headers()).doesNotContainKey("proxy-authorization");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            HTTP/1.1 407 Who~Content-Length: 3~~no. | refused the credentials
            HTTP/1.1 403 No~~                       | refused the way to shop.invalid with status 403
            HTTP/1.1 200 OK~~surplus                | sent bytes of its own
            SSH-2.0-OpenSSH_9~                      | did not answer CONNECT in HTTP
            HTTP/1.1 2                              | closed the connection
            """)
    void oneThatGivesNoWayHasItsCodeAndNoMessageHoldsThePassword(String answer, String says) throws Exception {
        RawServer proxy = serve(peer -> {
            peer.request();
            peer.send(answer.replace("~", "\r\n"));
        });
        HttpException e = owner.onVu(() -> failure(owner.http(URI.create("https://shop.invalid"))
                .proxy(withUser(proxy))
                .build()));
        assertThat(e.code()).isEqualTo(Code.PROXY);
        assertThat(e.getMessage()).contains(says).contains("127.0.0.1:" + proxy.port());
        assertThat(owner.errors())
                .singleElement()
                .satisfies(error -> assertThat(error.code()).isEqualTo("PROXY"));
        assertThat(e.getMessage() + owner.errors()).doesNotContain("s3cr", BASIC.substring(6));
    }

    /** A SOCKS5 proxy that knows one user, says where it was asked to lead, and leads to {@code port}. */
    private RawServer socksTo(int port, List<String> asked) throws Exception {
        return serve(peer -> {
            DataInputStream in = new DataInputStream(peer.socket.getInputStream());
            assertThat(in.readNBytes(2)).isEqualTo(new byte[] {5, 2});
            in.readNBytes(2);
            peer.send(new byte[] {5});
            peer.send(new byte[] {2});
            in.readByte();
            String user = new String(in.readNBytes(in.readUnsignedByte()), UTF_8);
            String password = new String(in.readNBytes(in.readUnsignedByte()), UTF_8);
            peer.send(new byte[] {1, (byte) (user.equals("me") && password.equals("s3cr@t+") ? 0 : 1)});
            assertThat(in.readNBytes(3)).isEqualTo(new byte[] {5, 1, 0});
            String host = in.readByte() == 3
                    ? new String(in.readNBytes(in.readUnsignedByte()), UTF_8)
                    : InetAddress.getByAddress(in.readNBytes(4)).getHostAddress();
            asked.add(host + ":" + in.readUnsignedShort());
            peer.send(new byte[] {5, 0, 0, 3, 4, 'h', 'o'});
            peer.send(new byte[] {'s', 't', 1, 1});
            peer.join(port);
        });
    }

    @Test
    void aSocksProxyIsAskedForAWayByTheNameOfTheServer() throws Exception {
        TestKey key = TestKey.make(directory, "socks");
        RawServer tls = RawServer.start(
                key.serverContext(null).getServerSocketFactory().createServerSocket(0),
                RawServer.always(RawServer.ok("secret")));
        servers.add(tls);
        RawServer plain = serve(RawServer.always(RawServer.ok("plain")));
        List<String> asked = new CopyOnWriteArrayList<>();
        RawServer toTls = socksTo(tls.port(), asked);
        RawServer toPlain = socksTo(plain.port(), asked);
        owner.onVu(() -> {
            Http https = owner.http(URI.create("https://shop.invalid"))
                    .insecure()
                    .proxy(URI.create("socks5://me:s3cr%40t+@127.0.0.1:" + toTls.port()))
                    .build();
            assertThat(https.get("/x").send().text()).isEqualTo("secret");
            assertThat(https.get("/x").send().text()).isEqualTo("secret");
            Http http = owner.http(URI.create("http://10.1.2.3:81"))
                    .proxy(URI.create("socks5://me:s3cr%40t+@127.0.0.1:" + toPlain.port()))
                    .build();
            return http.get("/y").send().expectBodyContains("plain");
        });
        assertThat(asked).containsExactly("shop.invalid:443", "10.1.2.3:81");
        assertThat(plain.requests.getFirst().target()).isEqualTo("/y");
        assertThat(plain.requests.getFirst().headers()).doesNotContainKey("proxy-authorization");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            5 255           | takes no user and password
            5 2 1 1         | refused the credentials
            5 0 5 5 0 1     | refused the way to shop.invalid: nobody listens there
            5 0 5 77        | refused the way to shop.invalid: code 77
            72 84 84 80     | did not answer in SOCKS5
            5 0 5           | closed the connection instead of answering
            """)
    void aSocksProxyThatGivesNoWayHasItsCodeAndItsReason(String bytes, String says) throws Exception {
        RawServer proxy = serve(peer -> {
            peer.socket.getInputStream().readNBytes(4);
            for (String each : bytes.split(" ")) {
                peer.send(new byte[] {(byte) Integer.parseInt(each)});
                LockSupport.parkNanos(5_000_000);
            }
            // Were what the client sends meanwhile left unread, the close would be a reset that may overtake the words.
            peer.socket.shutdownOutput();
            peer.drain();
        });
        HttpException e = owner.onVu(() -> failure(owner.http(URI.create("http://shop.invalid"))
                .proxy(URI.create("socks5://me:s3cr@127.0.0.1:" + proxy.port()))
                .build()));
        assertThat(e.code()).isEqualTo(Code.PROXY);
        assertThat(e.getMessage())
                .contains(says)
                .contains("127.0.0.1:" + proxy.port())
                .doesNotContain("s3cr");
    }

    @Test
    void oneThatCannotBeReachedIsToldAsAServerWouldBe() throws Exception {
        int free;
        try (ServerSocket socket = new ServerSocket(0)) {
            free = socket.getLocalPort();
        }
        owner.onVu(() -> {
            HttpException refused = failure(owner.http(URI.create("https://shop.invalid"))
                    .proxy(URI.create("http://me:s3cr@127.0.0.1:" + free))
                    .build());
            assertThat(refused.code()).isEqualTo(Code.CONNECT_REFUSED);
            assertThat(refused.getMessage())
                    .contains("the proxy 127.0.0.1:" + free)
                    .doesNotContain("s3cr");
            HttpException unknown = failure(owner.http(URI.create("https://shop.invalid"))
                    .proxy(URI.create("http://me:s3cr@proxy.invalid"))
                    .build());
            assertThat(unknown.code()).isEqualTo(Code.DNS);
            assertThat(unknown.getMessage()).contains("proxy.invalid").doesNotContain("s3cr");
            return null;
        });
    }

    @Test
    void theHostsThatAreExceptedAreReachedWithoutIt() throws Exception {
        RawServer proxy = serve(RawServer.always(RawServer.ok("proxy")));
        RawServer direct = serve(RawServer.always(RawServer.ok("direct")));
        owner.onVu(() -> {
            for (String host : List.of("shop.test", "api.shop.test", "othershop.test")) {
                Http http = owner.http(direct.url(host))
                        .proxy(proxy.url())
                        .noProxy(".shop.test", "10.0.0.9")
                        .resolve(host, "127.0.0.1")
                        .timeout(Duration.ofSeconds(2))
                        .build();
                boolean excepted = !host.equals("othershop.test");
                assertThat(http.get("/").send().text()).as(host).isEqualTo(excepted ? "direct" : "proxy");
            }
            return owner.http(direct.url())
                    .proxy(proxy.url())
                    .noProxy("*")
                    .build()
                    .get("/")
                    .send()
                    .expectBodyContains("direct");
        });
    }

    @Test
    void theAllowedHostsHoldForTheTargetTheProxyAndEveryHop() throws Exception {
        RawServer away =
                serve(RawServer.always("HTTP/1.1 302 F\r\nLocation: http://evil.test/\r\nContent-Length: 0\r\n\r\n"));
        RawServer proxy = serve(RawServer.always(RawServer.ok("")));
        owner.allowed = host -> List.of("127.0.0.1", "shop.test").contains(host);
        owner.onVu(() -> {
            for (boolean http2 : new boolean[] {false, true}) {
                for (String target : List.of("http://evil.test", "https://evil.test")) {
                    Http.Builder builder = owner.http(URI.create(target)).proxy(proxy.url());
                    HttpException e = failure((http2 ? builder.http2() : builder).build());
                    assertThat(e.code()).isEqualTo(Code.NOT_ALLOWED);
                    assertThat(e.getMessage()).contains("host evil.test:").contains("is not among the allowed hosts");
                }
            }
            HttpException forbiddenProxy = failure(owner.http(URI.create("https://shop.test"))
                    .proxy(URI.create("http://localhost:" + proxy.port()))
                    .build());
            assertThat(forbiddenProxy.code()).isEqualTo(Code.NOT_ALLOWED);
            assertThat(forbiddenProxy.getMessage())
                    .contains("host localhost:")
                    .contains("is not among the allowed hosts");
            for (URI start : List.of(away.url(), URI.create("http://shop.test"))) {
                HttpException hop =
                        failure(owner.http(start).proxy(away.url()).redirects(3).build());
                assertThat(hop.code()).isEqualTo(Code.NOT_ALLOWED);
            }
            return null;
        });
        assertThat(proxy.accepted).hasValue(0);
        assertThat(away.requests).noneMatch(r -> r.target().contains("evil"));
    }

    @Test
    void aUrlThatIsNoneIsRefusedWithoutRepeatingIt() {
        for (String url : List.of("https://me:s3cr@proxy:1", "socks4://me:s3cr@proxy", "me:s3cr@proxy", "http:/s3cr")) {
            assertThatThrownBy(() -> owner.http(URI.create("http://h")).proxy(URI.create(url)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("http://host:port")
                    .hasMessageNotContaining("s3cr");
        }
    }
}
