package io.vikhry.cli.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.vikhry.cli.Failure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server that never stops answering: a byte every 20 ms, so that no read takes long. */
@Timeout(20)
class DrippingServerTest {
    private static final String HEAD = "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n";

    private final CountDownLatch done = new CountDownLatch(1);
    private ServerSocket server;
    private volatile String atOnce = "";

    @BeforeEach
    void listen() throws IOException {
        server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        Thread.ofPlatform().daemon().start(() -> {
            while (done.getCount() > 0) {
                try {
                    Socket client = server.accept();
                    Thread.ofPlatform().daemon().start(() -> drip(client));
                } catch (IOException e) {
                    return; // closed: the test is over
                }
            }
        });
    }

    private void drip(Socket client) {
        try (client) {
            client.getOutputStream().write(atOnce.getBytes(StandardCharsets.US_ASCII));
            while (!done.await(20, TimeUnit.MILLISECONDS)) {
                client.getOutputStream().write('x');
            }
        } catch (IOException | InterruptedException e) {
            // Whoever asked has gone.
            return;
        }
    }

    @AfterEach
    void close() throws IOException {
        done.countDown();
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 200 OK\r\nX-Long: ", HEAD})
    void isNotListenedToForEver(String begin) {
        atOnce = begin;
        Api api = new Api("http://127.0.0.1:" + server.getLocalPort(), Duration.ofMillis(500));

        assertThatExceptionOfType(Failure.class)
                .isThrownBy(() -> api.get("/api/v1/test"))
                .withMessage("the orchestrator at " + api.url()
                        + " took longer than 500ms to answer: see what became of it with `vikhry test status`")
                .satisfies(e -> assertThat(e.exitCode()).isEqualTo(Failure.ENVIRONMENT));
        assertThatExceptionOfType(Failure.class)
                .isThrownBy(() -> api.post("/api/v1/test/stop", JsonNodeFactory.instance.objectNode()))
                .withMessageContaining("took longer than 500ms");
    }

    @Test
    void isNotReady() {
        atOnce = HEAD;

        assertThat(new Api("http://127.0.0.1:" + server.getLocalPort(), Duration.ofMillis(500)).ready())
                .isFalse();
    }
}
