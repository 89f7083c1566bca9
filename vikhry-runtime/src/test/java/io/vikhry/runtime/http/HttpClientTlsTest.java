package io.vikhry.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.vikhry.api.Http;
import io.vikhry.api.HttpException;
import io.vikhry.api.HttpException.Code;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

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
        assertThat(owner.errors()).anySatisfy(e -> assertThat(e.message()).contains("certif"));
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
        owner.onVu(() -> {
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
}
