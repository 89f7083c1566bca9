package io.vikhry.runtime.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.codec.http2.Http2Settings;
import io.vikhry.api.Http;
import io.vikhry.runtime.metrics.SeriesSnapshot;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
@Tag("beside")
class RequestBodyTest extends HttpFixture {
    private static byte[] random(int n) {
        byte[] bytes = new byte[n];
        new Random(n).nextBytes(bytes);
        return bytes;
    }

    @Test
    void aStreamedBodyArrivesWholeAndTheConnectionIsKept() throws Exception {
        try (RawServer server = RawServer.start(RawServer.always(RawServer.ok("x")))) {
            owner.onVu(() -> {
                Http http = owner.http(server.url()).build();
                for (int n : new int[] {0, 1, 65_536, 65_537, 3_000_000}) {
                    http.post("/up")
                            .body(() -> new ByteArrayInputStream(random(n)), "a/b")
                            .send()
                            .expectStatus(200);
                }
                return null;
            });
            assertThat(server.requests)
                    .extracting(r -> r.body().length)
                    .containsExactly(0, 1, 65_536, 65_537, 3_000_000);
            assertThat(server.requests.getLast().body()).isEqualTo(random(3_000_000));
            assertThat(server.requests.getLast().header("transfer-encoding")).isEqualTo("chunked");
            assertThat(server.accepted).hasValue(1);
        }
        assertThat(owner.all("POST /up").stream()
                        .mapToLong(SeriesSnapshot::bytesSent)
                        .sum())
                .isGreaterThan(3_100_000);
    }

    @Test
    void aStreamedBodyArrivesWholeByHttp2() throws Exception {
        try (Http2Server server = Http2Server.start(new Http2Settings(), asked -> asked.head(200, true))) {
            owner.onVu(() -> owner.http(server.url())
                    .http2()
                    .build()
                    .post("/up")
                    .body(() -> new ByteArrayInputStream(random(1_000_000)), "a/b")
                    .send());
            assertThat(server.requests.getFirst().body()).isEqualTo(random(1_000_000));
            assertThat(server.requests.getFirst().headers().contains("transfer-encoding"))
                    .isFalse();
        }
    }

    @Test
    void aSlowServerHoldsTheReadingUp() throws Exception {
        AtomicLong read = new AtomicLong();
        InputStream endless = new InputStream() {
            @Override
            public int read() {
                read.incrementAndGet();
                return 0;
            }

            @Override
            public int read(byte[] b, int off, int len) {
                read.addAndGet(len);
                return len;
            }
        };
        try (RawServer server = RawServer.start(peer -> {
            while (read.get() >= 0) {
                Thread.onSpinWait();
            }
        })) {
            assertThatThrownBy(() -> owner.onVu(() -> owner.http(server.url())
                            .timeout(Duration.ofMillis(500))
                            .build()
                            .post("/")
                            .body(() -> endless, "a/b")
                            .send()))
                    .hasMessageContaining("TIMEOUT");
            assertThat(read.get()).isLessThan(50_000_000);
            read.set(-1_000_000_000);
        }
    }

    @Test
    void aBodyThatCannotBeReadCancelsTheRequestAndAnEarlyAnswerEndsTheReading() throws Exception {
        try (RawServer server = RawServer.start(peer -> {
            while (peer.socket.getInputStream().read() >= 0) {}
        })) {
            assertThatThrownBy(() -> owner.onVu(() -> owner.http(server.url())
                            .build()
                            .post("/broken")
                            .body(
                                    () -> new InputStream() {
                                        @Override
                                        public int read() throws IOException {
                                            throw new IOException("disk gone");
                                        }
                                    },
                                    "a/b")
                            .send()))
                    .hasMessageContaining("CANCELLED")
                    .hasMessageContaining("disk gone");
        }
        assertThat(owner.codes("POST /broken")).isEqualTo(Map.of("CANCELLED", 1L));
        try (RawServer server = RawServer.start(peer -> {
            peer.send("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n");
            while (peer.socket.getInputStream().read() >= 0) {}
        })) {
            int status = owner.onVu(() -> owner.http(server.url())
                    .build()
                    .post("/early")
                    .body(InputStream::nullInputStream, "a/b")
                    .body(
                            () -> new InputStream() {
                                @Override
                                public int read() {
                                    return 1;
                                }
                            },
                            "a/b")
                    .send()
                    .status());
            assertThat(status).isEqualTo(413);
        }
    }

    @Test
    void aSourceThatTellsOfAnInterruptWhichNobodyMadeHasFailedAndItsUserGoesOn() throws Exception {
        owner.wasInterrupted = false;
        try (RawServer server = RawServer.start(RawServer.always(RawServer.ok("x")))) {
            owner.onVu(() -> {
                Http http = owner.http(server.url()).build();
                InputStream slow = new InputStream() {
                    @Override
                    public int read() throws IOException {
                        throw new InterruptedIOException("the store's own time is over");
                    }
                };
                assertThatThrownBy(
                                () -> http.post("/slow").body(() -> slow, "a/b").send())
                        .hasMessageContaining("could not be read: the store's own time is over");
                return http.get("/").send().expectStatus(200);
            });
        }
    }

    @Test
    void aRedirectOpensTheSourceAgain() throws Exception {
        AtomicInteger opened = new AtomicInteger();
        try (RawServer server = RawServer.start(peer -> {
            for (RawServer.Received r = peer.request(); r != null; r = peer.request()) {
                peer.send(
                        r.target().equals("/a")
                                ? "HTTP/1.1 307 x\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n"
                                : RawServer.ok("b"));
            }
        })) {
            owner.onVu(() -> owner.http(server.url())
                    .redirects(1)
                    .build()
                    .put("/a")
                    .body(
                            () -> {
                                opened.incrementAndGet();
                                return new ByteArrayInputStream(random(10));
                            },
                            "a/b")
                    .send());
            assertThat(opened).hasValue(2);
            assertThat(server.requests).extracting(r -> r.body().length).containsExactly(10, 10);
        }
    }

    @Test
    void multipartIsWrittenAsBrowsersWriteIt() throws Exception {
        try (RawServer server = RawServer.start(RawServer.always(RawServer.ok("x")))) {
            owner.onVu(() -> {
                Http http = owner.http(server.url()).build();
                http.post("/m")
                        .multipart(
                                m -> m.field("n\"ame", "wert ü").file("f", "a.txt", "text/plain", "hi".getBytes(UTF_8)))
                        .send();
                return http.post("/m")
                        .multipart(m -> m.field("k", 1)
                                .file("f", "b.bin", "a/b", () -> new ByteArrayInputStream(random(200_000))))
                        .send();
            });
            RawServer.Received whole = server.requests.getFirst();
            String boundary = whole.header("content-type").split("boundary=")[1];
            assertThat(new String(whole.body(), UTF_8))
                    .isEqualTo(
                            "--B\r\nContent-Disposition: form-data; name=\"n%22ame\"\r\n\r\nwert ü\r\n--B\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a.txt\"\r\nContent-Type: text/plain\r\n\r\nhi\r\n--B--\r\n"
                                    .replace("B\r", boundary + "\r")
                                    .replace("--B--", "--" + boundary + "--"));
            assertThat(server.requests.get(1).body().length).isBetween(200_200, 200_600);
            assertThat(server.requests.get(1).header("transfer-encoding")).isEqualTo("chunked");
        }
    }

    @Test
    void aHostThatIsNotAllowedIsNeverSpokenToNorByARedirect() throws Exception {
        try (RawServer server = RawServer.start(
                RawServer.always("HTTP/1.1 302 x\r\nLocation: http://localhost:9/\r\nContent-Length: 0\r\n\r\n"))) {
            owner.allowed = "127.0.0.1"::equals;
            assertThatThrownBy(() -> owner.onVu(() -> owner.http(server.url())
                            .redirects(2)
                            .build()
                            .get("/hop")
                            .send()))
                    .hasMessageContaining("NOT_ALLOWED")
                    .hasMessageContaining("localhost:9 is not among the allowed hosts");
            assertThatThrownBy(() -> owner.onVu(() -> owner.http(server.url("localhost"))
                            .http2()
                            .build()
                            .get("/direct")
                            .send()))
                    .hasMessageContaining("NOT_ALLOWED");
            assertThat(server.accepted).hasValue(1);
        }
        assertThat(owner.codes("GET /hop")).isEqualTo(Map.of("302", 1L, "NOT_ALLOWED", 1L));
        assertThat(owner.codes("GET /direct")).isEqualTo(Map.of("NOT_ALLOWED", 1L));
    }
}
