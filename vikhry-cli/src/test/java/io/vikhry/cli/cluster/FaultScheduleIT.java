package io.vikhry.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.opentest4j.TestAbortedException;

/**
 * Whatever is done to a run, what is promised holds: never more users than were asked for, nobody in two places, no item with
 * two holders, each request reported or declared missing, an end in its bound, and a verdict that names what was done.
 *
 * <p>{@code mvn verify -Pfaults -Dit.test=FaultScheduleIT -Dvikhry.faults.page=docs/reliability.md} writes the table of what came
 * of it there, if all of it held. A mix is repeated with {@code -Dvikhry.test.seed=…}, and some of the faults are tried with
 * {@code -Dvikhry.faults=WORKER_KILLED,…}.
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
        tried(String.format("%02d", fault.ordinal()), fault.what, trial -> {
            fault.begin(trial);
            fault.strike(trial);
            trial.over();
            return new Outcome(fault.end(trial), fault.named, false);
        });
    }

    @Tag("faults")
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void aRunHoldsItsPromisesThroughAMixOfFaults(int number) throws Exception {
        survive("mix " + number, new Mix(Long.getLong(SEED, System.nanoTime() + number), 30));
    }

    private void survive(String key, Mix mix) throws Exception {
        tried(key, "a mix of " + mix.size() + " of these at random, seed " + mix.seed(), trial -> {
            System.out.println(mix);
            trial.begin();
            mix.strike(trial);
            trial.over();
            trial.awaitWhole();
            Trial.pause(Duration.ofSeconds(1));
            return new Outcome(trial.end(), Set.of("interrupted", "lost_worker"), mix.killsTheUnheard());
        });
    }

    /**
     * What came of a trial.
     *
     * @param named codes of reasons of which one has to be in the verdict; none where it has to be without such
     * @param unheard whether a worker was killed of which nobody can tell how much it did at last
     */
    private record Outcome(JsonNode report, Set<String> named, boolean unheard) {}

    /** What is done in a trial, until there is its report. */
    private interface Deed {
        Outcome done(Trial trial) throws Exception;
    }

    /** Tries it, holds what came of it against the promises, and says so as it goes: all of them take ten minutes. */
    private void tried(String key, String what, Deed deed) throws Exception {
        long begun = System.nanoTime();
        System.out.printf("%s: %s …%n", key, what);
        Trial trial = new Trial(field);
        String came = "FAILED";
        try {
            audit(key, what, trial, deed.done(trial));
            TABLE.held(key);
            came = "held";
        } catch (TestAbortedException e) {
            came = "left out: " + e.getMessage();
            throw e;
        } catch (Throwable e) {
            TABLE.failed(key);
            System.out.println(trial.output());
            throw e;
        } finally {
            System.out.printf("%s: %s (%d s)%n", key, came, TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun));
        }
    }

    private void audit(String key, String what, Trial trial, Outcome outcome) {
        Auditor auditor = new Auditor(field.target());
        JsonNode report = outcome.report;
        JsonNode verdict = report.path("verdict");
        Auditor.Account account = auditor.account(report);
        TABLE.add(key, what, trial.secondsToBeWhole(), account, verdict, outcome.named);
        System.out.printf("%s: %s%n", key, account);
        System.out.printf("%s: %s%n", key, verdict);
        assertThat(auditor.breaches(report, Trial.USERS, outcome.unheard))
                .as(verdict.toString())
                .isEmpty();
        List<String> codes = verdict.path("reasons").findValuesAsText("code");
        if (outcome.named.isEmpty()) {
            assertThat(codes).as(verdict.toString()).doesNotContain("clock", "silence", "lost_worker", "interrupted");
        } else {
            assertThat(codes).as(verdict.toString()).anyMatch((Predicate<String>) outcome.named::contains);
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
