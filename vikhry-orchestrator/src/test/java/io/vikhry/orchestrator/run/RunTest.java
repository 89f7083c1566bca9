package io.vikhry.orchestrator.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vikhry.cluster.IntervalBatch;
import io.vikhry.cluster.IntervalBatch.Kind;
import io.vikhry.cluster.IntervalBatch.SeriesDelta;
import io.vikhry.cluster.LoadStage;
import io.vikhry.orchestrator.verdict.Verdict;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

class RunTest extends ToldRun {
    @Test
    void aReportIsWrittenLateWhereTheDiskDoesNotTakeWhatProbesSaw() throws Exception {
        hear(0, USERS);
        end(1_000);
        Path inTheWay = Files.createDirectory(home.resolve("runs/run-1/probes.json.part"));
        run.finish(Json.MAPPER.createObjectNode());

        assertThatThrownBy(run::writeReport).isInstanceOf(UncheckedIOException.class);
        assertThat(store.report("run-1")).isEmpty();
        Files.delete(inTheWay);
        run.writeReport();

        assertThat(store.report("run-1")).isPresent();
        assertThat(store.probe("run-1", "queue")).isPresent();
        assertThat(run.reportToWrite()).isNull();
    }

    @Test
    void aSecondThatIsCountedWhileUsersEndDoesNotSpeakAgainstAShortRun() {
        hear(0, USERS);
        hear(1, USERS);
        hear(2, 0);
        end(3_050);

        assertThat(verdict().reasons()).isEmpty();
        assertThat(report().path("slo").path("passed").asBoolean()).isTrue();
    }

    @Test
    void aSecondThatIsCountedWhileUsersAreTakenAwayDoesNotSpeakAgainstTheRun() {
        run.load.stages = List.of(new LoadStage(0, USERS, 0), new LoadStage(4_020, 0, 0));
        for (int second = 0; second < 3; second++) {
            hear(second, USERS);
        }
        for (int second = 3; second < 8; second++) {
            hear(second, 0);
        }
        end(9_000);

        assertThat(verdict().reasons()).isEmpty();
    }

    @Test
    void usersThatAreMissingWhileTheLoadIsSteadySpeakAgainstIt() {
        for (int second = 0; second < 6; second++) {
            hear(second, USERS / 2);
        }
        end(6_050);

        assertThat(verdict().level()).isEqualTo(Verdict.Level.INVALID);
        assertThat(verdict().reasons()).extracting(Verdict.Reason::code).containsExactly("absent_users");
        assertThat(report().path("slo").path("passed").asBoolean(true))
                .as("nothing is passed on such numbers")
                .isFalse();
    }

    @Test
    void usersThatWereMissingInTheFirstOfTwoHoursSpeakAgainstIt() {
        for (int second = 0; second < 7_200; second++) {
            hear(second, second < 3_600 ? USERS / 2 : USERS);
            run.numbers.pointsSince(Long.MAX_VALUE, T0 + second * 1000L + 1000);
            if (second % 100 == 99) {
                assertThat(run.verdict(T0 + second * 1000L + 1000).reasons())
                        .as("after %d s", second)
                        .hasSize(1);
            }
        }
        end(7_200_050);

        assertThat(verdict().reasons())
                .extracting(Verdict.Reason::text)
                .containsExactly("only 75.0 % of the users asked for were at work, on average");
    }

    @Test
    void whatIsCountedWithoutItsNameSpeaksAgainstWhatStandsUnderNames() {
        SeriesDelta others =
                new SeriesDelta(Kind.REQUEST, "", "(other)", 7, 0, Map.of("200", 7L), 10, 20, new byte[0], new byte[0]);
        SeriesDelta named = new SeriesDelta(
                Kind.REQUEST, "buy", "(other)", 9, 0, Map.of("200", 9L), 10, 20, new byte[0], new byte[0]);
        run.take(
                List.of(new IntervalBatch(
                        "run-1", "worker-1", 7, 1, T0, USERS, false, List.of(others, named), List.of())),
                T0 + 1_000);
        end(1_050);

        assertThat(verdict().reasons())
                .extracting(Verdict.Reason::text)
                .singleElement(InstanceOfAssertFactories.STRING)
                .startsWith("7 samples are counted as (other)");
    }

    @Test
    void aRunThatIsStoppedBeforeItBeginsPassesNoGate() {
        run = new Run(run.head, run.folder);
        end(500);

        assertThat(verdict().level()).isEqualTo(Verdict.Level.INVALID);
        assertThat(verdict().reasons()).extracting(Verdict.Reason::code).containsExactly("nothing");
        assertThat(report().path("duration_s").asDouble()).isZero();
        assertThat(report().path("rps").asDouble()).isZero();
        assertThat(report().path("response_time_ms").path("p99").isNull()).isTrue();
    }
}
