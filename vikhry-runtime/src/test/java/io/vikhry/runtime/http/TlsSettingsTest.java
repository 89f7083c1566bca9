package io.vikhry.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.vikhry.api.Http;
import io.vikhry.api.HttpException;
import io.vikhry.api.HttpException.Code;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
@Tag("beside")
class TlsSettingsTest extends HttpFixture {
    @TempDir
    private static Path directory;

    private static TestKey serverKey;
    private static TestKey clientKey;
    private static TestKey strangerKey;

    private final List<String> spoken = new CopyOnWriteArrayList<>();

    @BeforeAll
    static void keys() throws Exception {
        serverKey = TestKey.make(directory, "server");
        clientKey = TestKey.make(directory, "client");
        strangerKey = TestKey.make(directory, "stranger");
    }

    /** A server that wants the client's certificate where {@code client} is given. */
    private URI serveTls(TestKey client, String... versions) throws Exception {
        SSLServerSocket socket = (SSLServerSocket) serverKey
                .serverContext(client)
                .getServerSocketFactory()
                .createServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        socket.setNeedClientAuth(client != null);
        if (versions.length > 0) {
            socket.setEnabledProtocols(versions);
        }
        RawServer server = RawServer.start(socket, peer -> {
            spoken.add(((SSLSocket) peer.socket).getSession().getProtocol());
            RawServer.always(RawServer.ok("x")).run(peer);
        });
        servers.add(server);
        return server.url("localhost");
    }

    private Code get(Http.Builder builder) throws Exception {
        return owner.onVu(() -> {
            try {
                builder.build().get("/").send().expectStatus(200);
                return null;
            } catch (HttpException e) {
                return e.code();
            }
        });
    }

    @Test
    void aGivenCertificateIsTrustedAndNoOther() throws Exception {
        URI url = serveTls(null);
        assertThat(get(owner.http(url).trust(serverKey.certificatePem()))).isNull();
        assertThat(get(owner.http(url).trust(strangerKey.certificatePem() + serverKey.certificatePem())))
                .isNull();
        assertThat(get(owner.http(url).trust(strangerKey.certificatePem()))).isEqualTo(Code.TLS);
    }

    @Test
    void aServerThatAsksForACertificateGetsTheGivenOne() throws Exception {
        URI url = serveTls(clientKey);
        assertThat(get(owner.http(url).insecure().identity(clientKey.certificatePem(), clientKey.privateKeyPem())))
                .isNull();
        assertThat(get(owner.http(url).insecure())).isIn(Code.TLS, Code.RESET);
        assertThat(get(owner.http(url).insecure().identity(strangerKey.certificatePem(), strangerKey.privateKeyPem())))
                .isIn(Code.TLS, Code.RESET);
    }

    @Test
    void onlyTheChosenVersionsAreSpoken() throws Exception {
        URI url = serveTls(null);
        assertThat(get(owner.http(url).insecure().tlsVersions("1.2"))).isNull();
        assertThat(get(owner.http(url).insecure().tlsVersions("1.3"))).isNull();
        assertThat(get(owner.http(url).insecure())).isNull();
        assertThat(spoken).containsExactly("TLSv1.2", "TLSv1.3", "TLSv1.3");
        assertThat(get(owner.http(serveTls(null, "TLSv1.2")).insecure().tlsVersions("1.3")))
                .isEqualTo(Code.TLS);
    }

    @Test
    void whatIsNoPemIsRefusedAtBuildWithoutRepeatingIt() {
        URI url = URI.create("https://localhost:1");
        assertThatThrownBy(() -> owner.http(url).trust("/etc/ca.pem").build())
                .hasMessageContaining("trust: no -----BEGIN CERTIFICATE-----")
                .hasMessageNotContaining("/etc/ca.pem");
        assertThatThrownBy(() -> owner.http(url)
                        .identity(clientKey.certificatePem(), "s3cret")
                        .build())
                .hasMessageContaining("PKCS #8")
                .hasMessageNotContaining("s3cret");
        assertThatThrownBy(() -> owner.http(url)
                        .identity(
                                clientKey.certificatePem(),
                                "-----BEGIN PRIVATE KEY-----\nczNjcmV0\n-----END PRIVATE KEY-----")
                        .build())
                .hasMessageContaining("identity: the private key is none of");
        assertThatThrownBy(() -> owner.http(url).tlsVersions("1.1")).hasMessageContaining("1.2 and 1.3, not '1.1'");
    }

    @Test
    void equalSettingsShareOneContext() throws Exception {
        TlsSettings settings = TlsSettings.DEFAULT.trusting(false, serverKey.certificatePem());
        assertThat(Tls.context(settings))
                .isSameAs(Tls.context(TlsSettings.DEFAULT.trusting(false, serverKey.certificatePem())));
        assertThat(Tls.context(TlsSettings.DEFAULT)).isSameAs(Tls.DEFAULT);
    }

    @Test
    void aServerThatClosesBeforeTheContextIsMadeIsTheTlsFailureThatItIsLater() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        RawServer server = serve(peer -> release.await());
        CompletableFuture<Runnable> making = new CompletableFuture<>();
        ClientSettings settings = new ClientSettings(
                Origin.of(URI.create("https://127.0.0.1:" + server.port())),
                "",
                new Headers(),
                Duration.ofSeconds(30).toNanos(),
                Duration.ofSeconds(20).toNanos(),
                0,
                0,
                0,
                0,
                false,
                1_000,
                new TlsContext(TlsSettings.DEFAULT, making::complete),
                false,
                Route.Ways.DIRECT,
                0);
        HttpClient http = new HttpClient(owner, settings);
        owner.closeAtEnd(http);
        CompletableFuture<Code> code =
                owner.start(() -> code(() -> http.get("/").send()));
        await().atMost(Duration.ofSeconds(10))
                .until(() -> owner.engine().ports().most() == 1);
        release.countDown();
        await().atMost(Duration.ofSeconds(10))
                .until(() -> owner.engine().ports().most() == 0);

        making.get(10, TimeUnit.SECONDS).run();

        assertThat(code.get(15, TimeUnit.SECONDS)).isEqualTo(Code.TLS);
    }
}
