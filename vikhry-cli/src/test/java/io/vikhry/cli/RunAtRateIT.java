package io.vikhry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vikhry.cli.cluster.CountingTarget;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code vikhry run --rate}, held against a target that counts. */
@Tag("beside")
class RunAtRateIT {
    @TempDir
    Path dir;

    private Command vikhry;
    private CountingTarget target;

    @BeforeEach
    void open() throws Exception {
        vikhry = new Command(dir);
        target = CountingTarget.start();
        Files.writeString(dir.resolve("VisitVU.java"), """
                import io.vikhry.api.*;
                import java.net.URI;
                import java.time.Duration;

                public class VisitVU extends VU {
                    @Param URI baseUrl;
                    @Param Duration stay = Duration.ZERO;
                    Http http;

                    @Override public void onInit() { http = http(baseUrl).build(); }

                    @Step void visit() {
                        http.get("/").send().expectStatus(200);
                        pause(stay);
                    }
                }
                """);
    }

    @AfterEach
    void close() {
        target.close();
        vikhry.clean();
    }

    @Test
    void aRateThatIsReachedOverARampIsKeptToTheLastArrival() throws Exception {
        Command.Ended run = run("--rate", "500", "--ramp", "1s", "--duration", "3s");

        // Half of the rate on average while it grows for 1 s, and 2 s of all of it.
        JsonNode arrivals = expectAllServed(run, 1_250);
        assertThat(arrivals.path("intended").asLong()).isEqualTo(1_250);
    }

    @Test
    void poissonArrivalsComeAtRandomAndAreAllServed() throws Exception {
        Command.Ended run = run("--rate", "100", "--poisson", "--duration", "4s");

        JsonNode arrivals = expectAllServed(run, target.total());
        // Within five deviations, each the root of the mean.
        assertThat(arrivals.path("intended").asLong()).isBetween(300L, 500L);
        assertThat(partCloserThan(2_500_000))
                .as("1 - exp(-1/4) of those that come at random follow within a quarter of the mean, of even ones none")
                .isBetween(0.12, 0.4);
    }

    @Test
    void whatTooFewUsersOweIsSaidAndMakesTheRunInvalid() throws Exception {
        // Two users that need 200 ms each serve ten arrivals a second.
        Command.Ended run = run("--rate", "40", "--duration", "7s", "--max-users", "2", "--param", "stay=200ms")
                .expect(Failure.INVALID);

        JsonNode report = report();
        JsonNode arrivals = report.path("arrivals");
        long started = arrivals.path("started").asLong();
        assertThat(arrivals.path("intended").asLong()).isEqualTo(280);
        assertThat(started).isBetween(20L, 72L).isEqualTo(target.total());
        assertThat(arrivals.path("unstarted").asLong()).isEqualTo(280 - started);
        assertThat(report.path("verdict").path("level").asText()).isEqualTo("INVALID");
        assertThat(report.path("verdict").path("reasons").findValuesAsText("code"))
                .contains("debt");
        assertThat(run.out())
                .containsPattern("40\\.0/s  2 users  debt [1-9]")
                .contains("arrivals: 280 intended, " + started + " started, ")
                .contains(280 - started + " never started")
                .contains("verdict INVALID");
    }

    private Command.Ended run(String... load) throws Exception {
        List<String> arguments = new ArrayList<>(List.of("run", "--scenario", "VisitVU.java"));
        arguments.addAll(List.of("--param", "baseUrl=" + target.url(), "--report-json", "r.json"));
        arguments.addAll(List.of(load));
        Command.Ended run = vikhry.run(arguments.toArray(String[]::new));
        vikhry.expectNothingLeft();
        return run;
    }

    private JsonNode report() throws Exception {
        return new ObjectMapper().readTree(dir.resolve("r.json").toFile());
    }

    private JsonNode expectAllServed(Command.Ended run, long all) throws Exception {
        run.expect(0);
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).contains(" 0 never started").contains("verdict ");
        JsonNode report = report();
        JsonNode arrivals = report.path("arrivals");
        assertThat(List.of(
                        arrivals.path("intended").asLong(),
                        arrivals.path("started").asLong(),
                        arrivals.path("completed").asLong(),
                        report.path("total_requests").asLong(),
                        target.total()))
                .as("intended, started, completed, reported, seen by the target")
                .containsOnly(all);
        assertThat(arrivals.path("unstarted").asLong()).isZero();
        assertThat(report.path("verdict").path("reasons").findValuesAsText("code"))
                .doesNotContain("debt");
        return arrivals;
    }

    /** The part of the requests that came within so many nanoseconds of the one before. */
    private double partCloserThan(long nanos) {
        List<CountingTarget.Seen> seen = target.all();
        long close = 0;
        for (int i = 1; i < seen.size(); i++) {
            close += seen.get(i).nanos() - seen.get(i - 1).nanos() < nanos ? 1 : 0;
        }
        return (double) close / (seen.size() - 1);
    }
}
