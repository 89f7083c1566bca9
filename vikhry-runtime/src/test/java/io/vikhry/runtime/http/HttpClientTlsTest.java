package io.vikhry.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.vikhry.api.Http;
import io.vikhry.api.HttpException;
import io.vikhry.api.HttpException.Code;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("beside")
@ParameterizedClass
@MethodSource("io.vikhry.runtime.http.TestOwner$Mode#all")
@Timeout(60)
class HttpClientTlsTest {
    @TempDir
    private static Path directory;

    /** Trusted by the JVM, made out to localhost. */
    private static TestKey trusted;

    private static TestKey selfSigned;

    private final TestOwner.Mode mode;
    private final List<RawServer> servers = new ArrayList<>();
    private TestOwner owner;

    HttpClientTlsTest(TestOwner.Mode mode) {
        this.mode = mode;
    }

    @BeforeAll
    static void keys() throws Exception {
        trusted = TestKey.make(directory, "trusted");
        selfSigned = TestKey.make(directory, "self-signed");
    }

    @BeforeEach
    void start() {
        owner = new TestOwner(mode);
    }

    @AfterEach
    void stop() throws Exception {
        owner.close();
        for (RawServer server : servers) {
            server.close();
        }
    }

    private RawServer serve(TestKey key, RawServer.Script script) throws Exception {
        SSLContext context = key.serverContext(null);
        ServerSocket socket =
                context.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        RawServer server = RawServer.start(socket, script);
        servers.add(server);
        return server;
    }

    private static Code failure(Http http) {
        try {
            http.get("/tls").send();
        } catch (HttpException e) {
            return e.code();
        }
        throw new AssertionError("no failure");
    }

    @Test
    void aTrustedServerIsTalkedToAndIsToldItsName() throws Exception {
        byte[] big = new byte[3_000_000];
        new Random(3).nextBytes(big);
        List<SNIServerName> names = new ArrayList<>();
        RawServer server = serve(trusted, peer -> {
            for (RawServer.Received r = peer.request(); r != null; r = peer.request()) {
                SSLSocket socket = (SSLSocket) peer.socket;
                names.addAll(((ExtendedSSLSession) socket.getSession()).getRequestedServerNames());
                peer.send("HTTP/1.1 200 OK\r\nContent-Length: " + r.body().length + "\r\n\r\n");
                peer.send(r.body());
            }
        });
        owner.onVu(() -> {
            Http http = owner.http(server.url("localhost"))
                    .trust(trusted.certificatePem())
                    .build();
            for (int n : new int[] {0, 10, 60_000, big.length}) {
                byte[] sent = Arrays.copyOf(big, n);
                assertThat(http.post("/tls").body(sent, "a/b").send().body()).isEqualTo(sent);
            }
            return null;
        });
        assertThat(server.accepted).hasValue(1);
        assertThat(names).contains(new SNIHostName("localhost"));
    }

    @Test
    void anUnknownCertificateIsRefusedUnlessToldToAcceptAny() throws Exception {
        RawServer server = serve(selfSigned, RawServer.always(RawServer.ok("x")));
        owner.onVu(() -> {
            assertThat(failure(owner.http(server.url("localhost")).build())).isEqualTo(Code.TLS);
            assertThat(owner.http(server.url("127.0.0.1"))
                            .insecure()
                            .build()
                            .get("/any")
                            .send()
                            .text())
                    .isEqualTo("x");
            return null;
        });
        assertThat(server.requests).hasSize(1);
        assertThat(owner.codes("GET /tls")).isEqualTo(Map.of("TLS", 1L));
        assertThat(owner.errors())
                .anySatisfy(e -> assertThat(e.message()).contains("certif").contains("see trust and insecure"));
    }

    @Test
    void aRequestWithoutTlsToAPortThatSpeaksItIsToldSo() throws Exception {
        RawServer server = serve(trusted, RawServer.always(RawServer.ok("x")));
        owner.onVu(() -> {
            Http http =
                    owner.http(URI.create("http://localhost:" + server.port())).build();
            assertThatThrownBy(() -> http.get("/").send()).hasMessageContaining("begins with https");
            return null;
        });
    }

    @Test
    void aTrustedCertificateOfAnotherHostIsRefused() throws Exception {
        RawServer server = serve(trusted, RawServer.always(RawServer.ok("x")));
        owner.onVu(() -> {
            assertThat(failure(owner.http(server.url("127.0.0.1"))
                            .trust(trusted.certificatePem())
                            .build()))
                    .isEqualTo(Code.TLS);
            return null;
        });
        assertThat(server.requests).isEmpty();
    }

    @Test
    void aServerThatDoesNotSpeakTlsIsATlsFailureAndASilentOneAConnectTimeout() throws Exception {
        RawServer plain = RawServer.start(peer -> {
            peer.send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
            peer.awaitClose();
        });
        servers.add(plain);
        RawServer silent = RawServer.start(peer -> {
            while (peer.socket.getInputStream().read() >= 0) {}
        });
        servers.add(silent);
        RawServer closing = RawServer.start(RawServer.Peer::head);
        servers.add(closing);
        owner.onVu(() -> {
            assertThatThrownBy(() -> owner.http(URI.create("https://localhost:" + closing.port()))
                            .build()
                            .get("/")
                            .send())
                    .hasMessageContaining("TLS")
                    .hasMessageContaining("the peer closed the connection");
            assertThat(failure(owner.http(URI.create("https://localhost:" + plain.port()))
                            .build()))
                    .isEqualTo(Code.TLS);
            assertThat(failure(owner.http(URI.create("https://localhost:" + silent.port()))
                            .connectTimeout(Duration.ofMillis(200))
                            .build()))
                    .isEqualTo(Code.CONNECT_TIMEOUT);
            return null;
        });
        await().atMost(Duration.ofSeconds(5)).until(() -> silent.openConnections() == 0);
    }

    @Test
    void aBodyUntilTheCloseAndABrokenConnectionAreToldApart() throws Exception {
        RawServer server = serve(trusted, peer -> {
            boolean whole = peer.request().target().equals("/whole");
            peer.send(whole ? "HTTP/1.1 200 OK\r\n\r\nbody" : "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nbody");
        });
        owner.onVu(() -> {
            Http http = owner.http(server.url("localhost"))
                    .trust(trusted.certificatePem())
                    .build();
            assertThat(http.get("/whole").send().text()).isEqualTo("body");
            assertThatThrownBy(() -> http.get("/cut").send()).hasMessageContaining("RESET");
            return null;
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.2", "1.3"})
    void aServerThatEndsTlsAndLeavesTheConnectionOpenHasClosedIt(String version) throws Exception {
        RawServer server = serve(trusted, peer -> {
            boolean kept = peer.request().target().equals("/kept");
            peer.send(kept ? RawServer.ok("kept") : "HTTP/1.1 200 OK\r\n\r\nuntil the end");
        });
        RawServer way = RawServer.start(peer -> {
            try (Socket other = new Socket("127.0.0.1", server.port())) {
                Thread.ofPlatform().daemon().start(() -> {
                    try {
                        // All that it says, its farewell too, but not the end of its connection.
                        other.getInputStream().transferTo(peer.socket.getOutputStream());
                    } catch (IOException e) {
                        // The connection is over, which is all there is to say.
                    }
                });
                peer.socket.getInputStream().transferTo(other.getOutputStream());
            }
        });
        servers.add(way);
        Http http = owner.onVu(() -> owner.http(URI.create("https://localhost:" + way.port()))
                .trust(trusted.certificatePem())
                .tlsVersions(version)
                .timeout(Duration.ofSeconds(10))
                .build());
        for (String body : List.of("until the end", "kept")) {
            String path = "/" + body.substring(0, 4);
            assertThat(owner.onVu(() -> http.post(path).send().text())).isEqualTo(body);
            await().atMost(Duration.ofSeconds(10)).until(() -> way.openConnections() == 0);
        }
        assertThat(way.accepted).hasValue(2);
    }

    @ParameterizedTest
    @CsvSource({"1.2, false", "1.2, true", "1.3, false", "1.3, true"})
    void aWayThatEndsOrAltersABitAnywhereHasItsCodeInTime(String version, boolean alters) throws Exception {
        RawServer server = serve(trusted, RawServer.always(RawServer.ok("x".repeat(100))));
        AtomicInteger wrongAt = new AtomicInteger(Integer.MAX_VALUE);
        AtomicInteger passed = new AtomicInteger();
        // With the whole of a response: what follows is the server's farewell, which nobody waits for.
        AtomicInteger needed = new AtomicInteger();
        RawServer way = RawServer.start(peer -> {
            try (Socket other = new Socket("127.0.0.1", server.port())) {
                peer.passOn(other.getOutputStream());
                InputStream said = other.getInputStream();
                passed.set(0);
                byte[] piece = new byte[4_096];
                int before = 0;
                for (int n = said.read(piece); n >= 0; n = said.read(piece)) {
                    int wrong = wrongAt.get() - before;
                    boolean here = wrong >= 0 && wrong < n;
                    if (here) {
                        piece[wrong] ^= 0x10;
                    }
                    before += n;
                    passed.set(before);
                    int sent = here && !alters ? wrong : n;
                    peer.send(Arrays.copyOf(piece, sent));
                    if (sent < n) {
                        return;
                    }
                }
            }
        });
        servers.add(way);
        Callable<Code> get = () -> {
            try (Http http = owner.http(URI.create("https://localhost:" + way.port()))
                    .trust(trusted.certificatePem())
                    .tlsVersions(version)
                    // An altered length may be waited for; an end is seen at once, however busy the machine.
                    .connectTimeout(Duration.ofMillis(alters ? 250 : 1_500))
                    .timeout(Duration.ofMillis(alters ? 500 : 1_800))
                    .build()) {
                assertThat(http.get("/").send().text()).isEqualTo("x".repeat(100));
                needed.set(passed.get());
                return null;
            } catch (HttpException e) {
                return e.code();
            }
        };
        assertThat(owner.onVu(get)).isNull();
        int all = passed.get();
        // Elsewhere in each mode.
        int from = Math.floorMod(
                31 * mode.transport().ordinal() + 17 * mode.scheduler().ordinal(), all / 20);
        Set<Code> codes = alters
                ? EnumSet.of(Code.TLS, Code.RESET, Code.CONNECT_TIMEOUT, Code.TIMEOUT)
                : EnumSet.of(Code.TLS, Code.RESET);
        for (int at = from; at < all; at += all / 20) {
            wrongAt.set(at);
            long start = System.nanoTime();
            Code code = owner.onVu(get);
            // Who is known from before needs fewer words, and not every bit of a handshake has a meaning.
            if (code != null || needed.get() > at && !alters) {
                assertThat(code).as("byte %d of %d", at, needed.get()).isIn(codes);
            }
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
        }
        await().atMost(Duration.ofSeconds(5)).until(() -> way.openConnections() == 0);
    }
}
