package io.vikhry.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vikhry.cli.demo.Shop;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("beside")
class RunIT {
    @TempDir
    Path dir;

    private Command vikhry;
    private Shop shop;
    private String scenario;

    @BeforeEach
    void open() {
        vikhry = new Command(dir);
        shop = Shop.start(0, 42);
        scenario = Command.distribution().resolve("examples/shop/ShopVU.java").toString();
    }

    @AfterEach
    void close() {
        shop.close();
        vikhry.clean();
    }

    @Test
    void oneWorkerInItsOwnJvmReportsWhatTheTargetHasSeen() throws Exception {
        Command.Ended run = vikhry.run(
                        "run",
                        "--scenario",
                        scenario,
                        "--users",
                        "10",
                        "--duration",
                        "3s",
                        "--param",
                        "baseUrl=" + shop.url(),
                        "--report-json",
                        "r.json")
                .expect(0);
        assertThat(run.out()).contains("p99.9").contains("POST /auth").doesNotContain("logback");
        assertThat(run.err()).isEmpty();
        expectTotalsEqual();
        vikhry.expectNothingLeft();
    }

    @Test
    void workerProcessesReportWhatTheTargetHasSeen() throws Exception {
        vikhry.run(
                        "run",
                        "--scenario",
                        scenario,
                        "--users",
                        "10",
                        "--duration",
                        "3s",
                        "--workers",
                        "2",
                        "--init-param",
                        "baseUrl=" + shop.url(),
                        "--report-json",
                        "r.json")
                .expect(0);
        expectTotalsEqual();
        vikhry.expectNothingLeft();
    }

    @Test
    void aLostWorkerIsSaidAndReported() throws Exception {
        Process run = vikhry.start(
                Map.of(),
                "run",
                "--scenario",
                scenario,
                "--users",
                "4",
                "--duration",
                "12s",
                "--workers",
                "2",
                "--param",
                "baseUrl=" + shop.url(),
                "--report-json",
                "r.json");
        await().atMost(Duration.ofSeconds(90)).until(() -> vikhry.out().contains(" req/s"));
        run.descendants()
                .filter(p -> String.join(" ", p.info().arguments().orElse(new String[0]))
                        .contains("--worker-id worker-2"))
                .findFirst()
                .orElseThrow()
                .destroyForcibly();
        Command.Ended ended = vikhry.end(run).expect(0);
        assertThat(ended.out())
                .containsOnlyOnce("worker-2 was lost, noticed at")
                .contains("verdict SUSPECT");
        assertThat(ended.err()).isEmpty();
        JsonNode workers =
                new ObjectMapper().readTree(dir.resolve("r.json").toFile()).path("workers");
        assertThat(workers.get(0).path("lost_at").isNull()).isTrue();
        assertThat(workers.get(1).path("lost_at").asText()).startsWith("20");
        vikhry.expectNothingLeft();
    }

    @Test
    void aScenarioThatWouldEndTheProcessFailsInItsStepAndTheRunGoesOn() throws Exception {
        Files.writeString(dir.resolve("ExitVU.java"), """
                import io.vikhry.api.*;

                public class ExitVU extends VU {
                    @Step(every = "100ms") void leave() { System.exit(3); }
                }
                """);
        vikhry.run(
                "run", "--scenario", "ExitVU.java", "--users", "1", "--duration", "2s", "--report-json", "exit.json");
        assertThat(dir.resolve("exit.json")).content().contains("must not end its process with exit code 3");
        vikhry.expectNothingLeft();
    }

    @Test
    void aRunThatCannotBePreparedIsOneLine() throws Exception {
        Files.writeString(dir.resolve("PoorVU.java"), """
                import io.vikhry.api.*;

                public class PoorVU extends VU {
                    @Resource("accounts") static String account(ResourceContext ctx) {
                        throw new IllegalStateException("no more accounts");
                    }

                    @Step(every = "1s") void idle() {}
                }
                """);
        Command.Ended ended = vikhry.run("run", "--scenario", "PoorVU.java", "--users", "1", "--duration", "2s")
                .expect(Failure.ENVIRONMENT);
        assertThat(ended.err().strip())
                .startsWith("vikhry: the run did not start")
                .contains("no more accounts")
                .doesNotContain("\n");
        vikhry.expectNothingLeft();
    }

    @Test
    void ctrlCStopsGracefullyReportsAndIsExit130() throws Exception {
        Process run = vikhry.start(
                Map.of(),
                "run",
                "--scenario",
                scenario,
                "--users",
                "5",
                "--duration",
                "10m",
                "--param",
                "baseUrl=" + shop.url(),
                "--report-json",
                "r.json");
        await().atMost(Duration.ofSeconds(90)).until(() -> vikhry.out().contains(" req/s"));
        interrupt(run);
        Command.Ended ended = vikhry.end(run).expect(Failure.INTERRUPTED);
        assertThat(ended.out()).contains("interrupted: stopping the run").contains("POST /auth");
        expectTotalsEqual();
        vikhry.expectNothingLeft();
    }

    @Test
    void ctrlCBeforeTheLoadBeginsLetsNoRequestOut() throws Exception {
        Path source = dir.resolve("WaitingVU.java");
        Path begun = dir.resolve("begun");
        // Made once to be checked, before anything is started: there it waits until the process has been told to end.
        Files.writeString(source, """
                import io.vikhry.api.*;
                import java.net.URI;
                import java.nio.file.*;

                public class WaitingVU extends VU {
                    static {
                        try {
                            Files.writeString(Path.of("%s"), "");
                        } catch (java.io.IOException e) {
                            throw new java.io.UncheckedIOException(e);
                        }
                        try {
                            while (true) {
                                Thread hook = new Thread();
                                Runtime.getRuntime().addShutdownHook(hook);
                                Runtime.getRuntime().removeShutdownHook(hook);
                                Thread.sleep(10);
                            }
                        } catch (IllegalStateException | InterruptedException e) {
                            // Told.
                        }
                    }

                    @Step(every = "100ms") void look() { http(URI.create("%s")).build().get("/catalog").send(); }
                }
                """.formatted(begun, shop.url()));
        Process run =
                vikhry.start(Map.of(), "run", "--scenario", source.toString(), "--users", "5", "--duration", "10m");
        await().atMost(Duration.ofSeconds(90)).until(() -> Files.exists(begun));

        interrupt(run);

        Command.Ended ended = vikhry.end(run).expect(Failure.INTERRUPTED);
        assertThat(ended.err().strip()).isEqualTo("vikhry: interrupted");
        assertThat(ended.out()).doesNotContain("page");
        assertThat(vikhry.home().resolve("runs")).doesNotExist();
        assertThat(totalOfTheShop()).isZero();
        vikhry.expectNothingLeft();
    }

    private static void interrupt(Process command) throws Exception {
        assertThat(new ProcessBuilder("kill", "-INT", String.valueOf(command.pid()))
                        .start()
                        .waitFor())
                .isZero();
    }

    private long totalOfTheShop() throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            String stats = client.send(
                            HttpRequest.newBuilder(URI.create(shop.url() + "/_stats"))
                                    .build(),
                            BodyHandlers.ofString())
                    .body();
            return new ObjectMapper().readTree(stats).path("total").asLong();
        }
    }

    private void expectTotalsEqual() throws Exception {
        JsonNode report = new ObjectMapper().readTree(dir.resolve("r.json").toFile());
        long reported = report.path("total_requests").asLong();
        assertThat(reported).isPositive();
        assertThat(totalOfTheShop()).isEqualTo(reported);
    }
}
