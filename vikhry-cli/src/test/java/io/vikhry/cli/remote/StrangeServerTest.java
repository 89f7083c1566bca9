package io.vikhry.cli.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.HttpServer;
import io.vikhry.cli.Failure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Something else listens where an orchestrator is looked for. */
class StrangeServerTest {
    private HttpServer server;
    private Api api;
    private int status;
    private String body;

    @BeforeEach
    void listen() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
        api = new Api("http://127.0.0.1:" + server.getAddress().getPort());
    }

    @AfterEach
    void close() {
        server.stop(0);
    }

    @ParameterizedTest
    @CsvSource({"404, <h1>Not Found</h1>", "401, ' '", "500, '{\"error\": \"no\"}'", "502, '[1]'"})
    void isNamedWithWhatItAnswered(int status, String body) {
        this.status = status;
        this.body = body;

        assertThatExceptionOfType(Failure.class)
                .isThrownBy(() -> api.get("/api/v1/test?now=1"))
                .withMessage("what answers at " + api.url() + " is not a vikhry orchestrator (GET /api/v1/test gave "
                        + status + "): say where one is with --orchestrator-url")
                .satisfies(e -> assertThat(e.exitCode()).isEqualTo(Failure.ENVIRONMENT));
    }

    @Test
    void isNamedWhenItsAnswerIsNoJson() {
        status = 200;
        body = "hello";

        assertThatExceptionOfType(Failure.class)
                .isThrownBy(() -> api.get("/api/v1/test"))
                .withMessage("what answers at " + api.url()
                        + " is not a vikhry orchestrator: say where one is with --orchestrator-url");
    }

    @Test
    void anOrchestratorsOwnWordsAreTakenAsTheyAre() {
        status = 409;
        body = "{\"error\": {\"code\": \"invalid_state\", \"message\": \"A run is RUNNING;\\nstop it first.\"}}";

        assertThatExceptionOfType(Failure.class)
                .isThrownBy(() -> api.get("/api/v1/test"))
                .withMessage("A run is RUNNING; stop it first.");
    }
}
