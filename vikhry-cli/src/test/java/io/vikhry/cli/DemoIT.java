package io.vikhry.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("beside")
class DemoIT {
    @TempDir
    Path dir;

    private Command vikhry;

    @BeforeEach
    void command() {
        vikhry = new Command(dir);
    }

    @AfterEach
    void clean() {
        vikhry.clean();
    }

    @Test
    void theReportCountsWhatTheShopHasSeenAndNothingIsLeftRunning() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Command.Ended demo = vikhry.run(
                            "demo", "--duration", "4s", "--users", "20", "--port", String.valueOf(taken.getLocalPort()))
                    .expect(0);
            assertThat(demo.out())
                    .contains("requests, and so does the shop")
                    .contains("port " + taken.getLocalPort() + " is taken")
                    .contains("GET /catalog")
                    .doesNotContain("\u001b");
            assertThat(demo.err()).isEmpty();
        }
        JsonNode report = new ObjectMapper().readTree(dir.resolve("report.json").toFile());
        assertThat(report.path("total_requests").asLong()).isPositive();
        assertThat(report.path("workers"))
                .hasSize(2)
                .allMatch(worker -> worker.path("requests").asLong() > 0);
        vikhry.expectNothingLeft();
    }

    @Test
    void whatItStartedEndsWithItEvenWhenItIsKilled() throws Exception {
        Process demo = vikhry.start(Map.of(), "demo", "--duration", "60s", "--users", "5", "--port", "18080");
        await().atMost(Duration.ofSeconds(60)).until(() -> vikhry.out().contains("users for 60"));
        demo.destroyForcibly().waitFor();
        vikhry.expectNothingLeft();
    }
}
