package io.vikhry.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vikhry.api.Http;
import io.vikhry.api.HttpException;
import io.vikhry.api.HttpException.Code;
import io.vikhry.api.HttpResponse;
import io.vikhry.api.HttpStream;
import io.vikhry.runtime.engine.EngineOptions.Scheduler;
import io.vikhry.runtime.engine.EngineOptions.Transport;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The client against a server that others wrote. */
@Timeout(120)
class NginxIT {
    @TempDir
    private static Path directory;

    private static TestKey serverKey;
    private static TestKey clientKey;
    private static Nginx nginx;

    private TestOwner owner;

    @BeforeAll
    static void serve() throws Exception {
        Optional<Path> program = Nginx.program();
        boolean required =
                System.getenv().getOrDefault("VIKHRY_TEST_REQUIRE", "").contains("nginx");
        assumeTrue(program.isPresent() || required, "nginx is not installed (apt-get install nginx-light)");
        serverKey = TestKey.make(directory, "nginx");
        clientKey = TestKey.make(directory, "client");
        nginx = Nginx.start(program.orElseThrow(), directory, serverKey, clientKey);
    }

    @AfterAll
    static void stopServing() throws Exception {
        if (nginx != null) {
            nginx.close();
        }
    }

    @BeforeEach
    void start() {
        owner = new TestOwner(new TestOwner.Mode(Transport.EPOLL, Scheduler.LOOP));
    }

    @AfterEach
    void stop() throws Exception {
        owner.close();
    }

    private Http.Builder client(URI url) throws Exception {
        return owner.http(url)
                .trust(serverKey.certificatePem())
                .maxBody(32_000_000)
                .timeout(Duration.ofSeconds(20));
    }

    /** HTTP/1.1 in the clear, and both versions of HTTP over both versions of TLS. */
    private List<Http> everyWay() throws Exception {
        List<Http> all = new ArrayList<>(List.of(client(nginx.plain).build()));
        for (URI url : List.of(nginx.tls12, nginx.tls13)) {
            all.add(client(url).build());
            all.add(client(url).http2().build());
        }
        return all;
    }

    private static <T> T failure(Code code, Callable<T> work) throws Exception {
        try {
            return work.call();
        } catch (HttpException e) {
            assertThat(e.code()).isEqualTo(code);
            return null;
        }
    }

    @Test
    void eachWayIsTheOneThatWasAskedFor() throws Exception {
        owner.onVu(() -> {
            List<String> spoken = new ArrayList<>();
            for (Http http : everyWay()) {
                spoken.add(http.get("/who").send().text().strip());
            }
            assertThat(spoken)
                    .containsExactly(
                            "HTTP/1.1",
                            "TLSv1.2 HTTP/1.1 NONE",
                            "TLSv1.2 HTTP/2.0 NONE",
                            "TLSv1.3 HTTP/1.1 NONE",
                            "TLSv1.3 HTTP/2.0 NONE");
            return null;
        });
    }

    @Test
    void bodiesOfEveryKindArriveWholeOnConnectionsThatAreKeptAndRenewed() throws Exception {
        String text = "a line of text\n".repeat(20_000);
        for (Http http : everyWay()) {
            owner.onVu(() -> {
                for (int i = 0; i < 120; i++) {
                    http.get("/small.txt").send().expectStatus(200).expectBodyContains("small");
                }
                HttpResponse zipped =
                        http.get("/text.txt").header("Accept-Encoding", "gzip").send();
                assertThat(zipped.header("content-encoding")).contains("gzip");
                assertThat(zipped.text()).isEqualTo(text);
                assertThat(http.get("/text.txt").send().text()).isEqualTo(text);
                assertThat(http.get("/big.bin").send().body()).hasSize(20_000_000);
                assertThat(http.head("/big.bin").send().header("content-length"))
                        .contains("20000000");
                assertThat(http.get("/none").send().status()).isEqualTo(204);
                assertThat(http.get("/missing").send().status()).isEqualTo(404);
                return null;
            });
        }
        // 50 requests a connection: the others were repeated or moved, and none failed.
        assertThat(owner.codes("GET /small.txt")).isEqualTo(Map.of("200", 600L));
    }

    @Test
    void aStreamIsReadWhileItComesAndDecompressed() throws Exception {
        owner.onVu(() -> {
            for (Http http : everyWay()) {
                long bytes = 0;
                try (HttpStream stream = http.get("/big.bin").stream().expectStatus(200)) {
                    for (byte[] piece = stream.next().orElse(null);
                            piece != null;
                            piece = stream.next().orElse(null)) {
                        bytes += piece.length;
                    }
                }
                assertThat(bytes).isEqualTo(20_000_000);
                int lines = 0;
                try (HttpStream stream = http.get("/text.txt").header("Accept-Encoding", "gzip").stream()) {
                    for (; stream.line().isPresent(); lines++) {}
                }
                assertThat(lines).isEqualTo(20_000);
                try (HttpStream stream = http.get("/big.bin").stream()) {
                    assertThat(stream.next()).isPresent();
                }
                http.get("/small.txt").send().expectStatus(200);
            }
            return null;
        });
    }

    @Test
    void uploadsOfEveryKindAreTakenWithAndWithoutTheServersWord() throws Exception {
        byte[] big = new byte[8_000_000];
        owner.onVu(() -> {
            for (Http http : everyWay()) {
                for (int n : new int[] {0, 1, 8_000_000}) {
                    byte[] body = java.util.Arrays.copyOf(big, n);
                    http.post("/up").body(body, "a/b").send().expectBodyContains("taken");
                    http.post("/up")
                            .body(() -> new ByteArrayInputStream(body), "a/b")
                            .send()
                            .expectBodyContains("taken");
                    http.post("/up")
                            .body(body, "a/b")
                            .expectContinue(Duration.ofSeconds(5))
                            .send()
                            .expectStatus(200);
                }
            }
            return null;
        });
    }

    @Test
    void anUploadThatIsRefusedIsAnAnswerNotAFailureOfTheConnection() throws Exception {
        owner.onVu(() -> {
            for (Http http : everyWay()) {
                for (int i = 0; i < 3; i++) {
                    assertThat(http.post("/small-only")
                                    .body(new byte[5_000_000], "a/b")
                                    .expectContinue(Duration.ofSeconds(10))
                                    .send()
                                    .status())
                            .isEqualTo(413);
                    http.get("/small.txt").send().expectStatus(200);
                }
            }
            return null;
        });
    }

    @Test
    void redirectsAreFollowedUpToTheLimitAndADroppedConnectionIsAReset() throws Exception {
        owner.onVu(() -> {
            for (URI url : List.of(nginx.plain, nginx.tls13)) {
                Http http = client(url).redirects(3).build();
                http.get("/old").send().expectBodyContains("small");
                failure(Code.REDIRECT, () -> http.get("/loop").send());
                failure(Code.RESET, () -> http.post("/drop").send());
                http.get("/small.txt").send().expectStatus(200);
            }
            return null;
        });
        assertThat(owner.codes("POST /drop")).isEqualTo(Map.of("RESET", 2L));
    }

    @Test
    void aClientsCertificateIsAskedForAndCheckedAndAStrangersServerIsNotTrusted() throws Exception {
        owner.onVu(() -> {
            Http known = client(nginx.mutual)
                    .identity(clientKey.certificatePem(), clientKey.privateKeyPem())
                    .build();
            assertThat(known.get("/who").send().text()).endsWith("SUCCESS");
            assertThat(client(nginx.mutual).build().get("/who").send().status()).isEqualTo(400);
            // The JVM's own trust store does not know this certificate.
            return failure(
                    Code.TLS, () -> owner.http(nginx.tls13).build().get("/who").send());
        });
        assertThat(owner.codes("GET /who")).containsEntry("TLS", 1L);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void manyUsersAtOnceShareOrHaveTheirOwnConnections(boolean shared) throws Exception {
        List<CompletableFuture<Void>> users = new ArrayList<>();
        for (int u = 0; u < 40; u++) {
            users.add(owner.start(() -> {
                Http.Builder builder = client(nginx.plain);
                Http http = (shared ? builder.sharedConnections(4) : builder).build();
                for (int i = 0; i < 60; i++) {
                    http.get("/small.txt").send().expectBodyContains("small");
                }
                return null;
            }));
        }
        for (CompletableFuture<Void> user : users) {
            user.get(60, TimeUnit.SECONDS);
        }
        assertThat(owner.codes("GET /small.txt")).isEqualTo(Map.of("200", 2_400L));
    }
}
