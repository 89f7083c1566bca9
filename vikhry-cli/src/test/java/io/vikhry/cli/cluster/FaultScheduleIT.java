package io.vikhry.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever is done to a run, what is promised holds: never more users than were asked for, nobody in two places, no item with
 * two holders, each request reported or declared missing, an end in its bound, and a verdict that names what was done.
 *
 * <p>{@code mvn verify -Pfaults -Dvikhry.faults.page=docs/reliability.md} writes the table of what came of it there. A mix is
 * repeated with {@code -Dvikhry.test.seed=…}, and some of the faults are tried with {@code -Dvikhry.faults=WORKER_KILLED,…}.
 */
class FaultScheduleIT {
    private static final String ONLY = "vikhry.faults";
    private static final String SEED = "vikhry.test.seed";
    private static final FaultTable TABLE = new FaultTable(Path.of("target/faults.tsv"));

    @RegisterExtension
    final Field field = new Field();

    @Test
    void aRunHoldsItsPromisesThroughAShortMixOfFaults() throws Exception {
        survive("short", new Mix(Long.getLong(SEED, 263), 8));
    }

    @Tag("faults")
    @ParameterizedTest
    @EnumSource
    void aRunHoldsItsPromisesThrough(Fault fault) throws Exception {
        assumeThat(System.getProperty(ONLY, fault.name()).split(",")).contains(fault.name());
        Trial trial = new Trial(field);
        try {
            fault.begin(trial);
            fault.strike(trial);
            trial.over();
            audit(String.format("%02d", fault.ordinal()), fault.what, trial, fault.end(trial), fault.named);
        } catch (Throwable e) {
            System.out.println(trial.output());
            throw e;
        }
    }

    @Tag("faults")
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void aRunHoldsItsPromisesThroughAMixOfFaults(int number) throws Exception {
        survive("mix " + number, new Mix(Long.getLong(SEED, System.nanoTime() + number), 30));
    }

    private void survive(String key, Mix mix) throws Exception {
        System.out.println(mix);
        Trial trial = new Trial(field);
        try {
            trial.begin();
            mix.strike(trial);
            trial.over();
            trial.awaitWhole();
            Trial.pause(Duration.ofSeconds(1));
            audit(
                    key,
                    "a mix of " + mix.size() + " of these at random",
                    trial,
                    trial.end(),
                    Set.of("interrupted", "lost_worker"));
        } catch (Throwable e) {
            System.out.println(mix + "\n" + trial.output());
            throw e;
        }
    }

    private void audit(String key, String what, Trial trial, JsonNode report, Set<String> named) {
        Auditor auditor = new Auditor(field.target());
        JsonNode verdict = report.path("verdict");
        TABLE.add(key, what, trial.secondsToBeWhole(), auditor.account(report), verdict, named);
        assertThat(auditor.breaches(report, Trial.USERS)).as(verdict.toString()).isEmpty();
        List<String> codes = verdict.path("reasons").findValuesAsText("code");
        if (named.isEmpty()) {
            assertThat(codes).as(verdict.toString()).doesNotContain("clock", "silence", "lost_worker", "interrupted");
        } else {
            assertThat(codes).as(verdict.toString()).anyMatch((Predicate<String>) named::contains);
        }
    }

    @AfterAll
    static void tell() throws Exception {
        TABLE.keep();
        System.out.println(TABLE);
        String page = System.getProperty("vikhry.faults.page");
        if (page != null) {
            TABLE.writeTo(Path.of("..").resolve(page));
        }
    }
}
