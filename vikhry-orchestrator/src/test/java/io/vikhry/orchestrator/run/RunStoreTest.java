package io.vikhry.orchestrator.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vikhry.cluster.IntervalBatch;
import io.vikhry.cluster.IntervalBatch.ErrorSample;
import io.vikhry.cluster.IntervalBatch.Kind;
import io.vikhry.cluster.IntervalBatch.SeriesDelta;
import io.vikhry.cluster.RunPlan;
import io.vikhry.orchestrator.metrics.Aggregator;
import io.vikhry.orchestrator.metrics.Point;
import java.io.DataOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunStoreTest {
    @TempDir
    Path home;

    private RunStore store;

    @BeforeEach
    void open() {
        store = new RunStore(home);
    }

    @Test
    void whatIsKeptComesBackAsItWas() {
        try (RunFolder folder = store.create(head("run-1", 1000))) {
            folder.append(encoded(batch(1), batch(2)));
            folder.append(encoded(batch(3)));
            List<IntervalBatch> kept = new ArrayList<>();
            folder.replay(kept::add);

            assertThat(kept).extracting(IntervalBatch::seq).containsExactly(1L, 2L, 3L);
            assertThat(kept.getFirst()).usingRecursiveComparison().isEqualTo(batch(1));
            assertThat(store.head("run-1")).contains(head("run-1", 1000));
        }
    }

    @Test
    void aRunIsNeverWrittenOver() {
        store.create(head("run-1", 1000)).close();

        assertThatThrownBy(() -> store.create(head("run-1", 2000))).hasMessageContaining("run-1");
        assertThat(store.head("run-1")).contains(head("run-1", 1000));
    }

    @Test
    void whatTwoLeadersHaveKeptIsReplayedAndCountsOnce() {
        try (RunFolder first = store.create(head("run-1", 1000));
                RunFolder second = store.goOn(head("run-1", 1000), 1_700_000_000_001L)) {
            first.append(encoded(batch(1), batch(2)));
            second.append(encoded(batch(2), batch(3)));
            first.append(encoded(batch(3)));
            Aggregator numbers = new Aggregator();
            second.replay(batch -> numbers.add(batch, Long.MAX_VALUE / 2));

            assertThat(numbers.numbers(0).completeness().batches()).isEqualTo(3);
            assertThat(numbers.numbers(0).completeness().missingBatches()).isZero();
        }
    }

    @Test
    void aTornLastRecordIsSkippedAndTheNextLeaderGoesOnBehindIt() throws Exception {
        RunFolder folder = store.create(head("run-1", 1000));
        folder.append(encoded(batch(1), batch(2)));
        folder.close();
        Path log = home.resolve("runs/run-1/batches.log");
        byte[] whole = Files.readAllBytes(log);
        for (int cut : new int[] {2, 50, whole.length / 3}) {
            Files.write(log, Arrays.copyOf(whole, whole.length - cut), StandardOpenOption.TRUNCATE_EXISTING);
            try (RunFolder again = store.goOn(head("run-1", 1000), 1_700_000_000_000L + cut)) {
                again.append(encoded(batch(3)));
                List<Long> kept = new ArrayList<>();
                again.replay(batch -> kept.add(batch.seq()));
                assertThat(kept).as("without the last %d bytes", cut).containsExactly(1L, 3L);
            }
            Files.delete(home.resolve("runs/run-1/batches-" + (1_700_000_000_000L + cut) + ".log"));
        }
    }

    @Test
    void aLineTornInTheMiddleOfWritingIsSkippedByReaders() throws Exception {
        RunFolder folder = store.create(head("run-1", 1000));
        folder.append(encoded(batch(1)));
        Files.writeString(home.resolve("runs/run-1/batches.log"), "{\"run_id\":\"ru", StandardOpenOption.APPEND);
        List<Long> kept = new ArrayList<>();
        folder.replay(batch -> kept.add(batch.seq()));
        folder.close();

        assertThat(kept).containsExactly(1L);
    }

    @Test
    void aDamagedRecordIsSkippedAndThoseBehindItAreRead() throws Exception {
        RunFolder folder = store.create(head("run-1", 1000));
        folder.append(encoded(batch(1)));
        Path log = home.resolve("runs/run-1/batches.log");
        long second = Files.size(log);
        folder.append(encoded(batch(2), batch(3)));
        folder.close();
        byte[] bytes = Files.readAllBytes(log);
        Arrays.fill(bytes, (int) second + 10, (int) second + 30, (byte) 0xEE);
        // What a machine leaves that lost its power while a file grew.
        Files.write(log, Arrays.copyOf(bytes, bytes.length + 100));

        assertThat(kept(folder)).containsExactly(1L, 3L);
    }

    @Test
    void oneBitThatTheDiskHasChangedMakesNoOtherNumber() throws Exception {
        RunFolder folder = store.create(head("run-1", 1000));
        folder.append(encoded(batch(1)));
        Path log = home.resolve("runs/run-1/batches.log");
        int second = (int) Files.size(log);
        folder.append(encoded(batch(2)));
        int third = (int) Files.size(log);
        folder.append(encoded(batch(3)));
        folder.close();
        byte[] bytes = Files.readAllBytes(log);

        for (int at = second; at < third; at++) {
            byte[] damaged = bytes.clone();
            damaged[at] ^= (byte) (1 << at % 8);
            Files.write(log, damaged);
            List<Long> kept = kept(folder);
            assertThat(kept)
                    .as("byte %d of a record", at - second)
                    .doesNotContain(2L)
                    .isSubsetOf(1L, 3L);
            if (at >= second + Integer.BYTES) {
                assertThat(kept).as("byte %d of a record", at - second).containsExactly(1L, 3L);
            }
        }
    }

    @Test
    void aLogWithoutChecksumsIsReadToo() throws Exception {
        RunFolder folder = store.create(head("run-1", 1000));
        folder.close();
        try (DataOutputStream out =
                new DataOutputStream(Files.newOutputStream(home.resolve("runs/run-1/batches.log")))) {
            for (byte[] batch : encoded(batch(1), batch(2))) {
                out.writeInt(batch.length);
                out.write(batch);
            }
        }

        assertThat(kept(folder)).containsExactly(1L, 2L);
    }

    private static List<Long> kept(RunFolder folder) {
        List<Long> kept = new ArrayList<>();
        folder.replay(batch -> kept.add(batch.seq()));
        return kept;
    }

    @Test
    void theNumbersOfARunComeBackFromItsBatches() {
        Aggregator before = new Aggregator();
        Aggregator after = new Aggregator();
        before.start(0);
        after.start(0);
        try (RunFolder folder = store.create(head("run-1", 1000))) {
            for (int i = 1; i <= 20; i++) {
                folder.append(encoded(batch(i)));
                before.add(batch(i), 1_000_000);
            }
            folder.replay(batch -> after.add(batch, 1_000_000));
        }
        before.finish(20_000);
        after.finish(20_000);

        assertThat(after.numbers(20_000)).isEqualTo(before.numbers(20_000));
    }

    @Test
    void aLaterPointReplacesTheEarlierOneOfItsSecond() {
        try (RunFolder folder = store.create(head("run-1", 1000))) {
            folder.appendPoints(List.of(new Point(2000, 1, 5, 0, null, null), new Point(1000, 1, 7, 0, null, null)));
            folder.appendPoints(List.of(new Point(2000, 2, 9, 1, null, new Point.Spread(1, 2, 3, 4))));
        }

        assertThat(store.points("run-1"))
                .containsExactly(
                        new Point(1000, 1, 7, 0, null, null),
                        new Point(2000, 2, 9, 1, null, new Point.Spread(1, 2, 3, 4)));
    }

    @Test
    void runsAreListedNewestFirstWithWhatTheirEndTells() {
        finish(store.create(head("run-1", 1000)), "1970-01-01T00:00:01Z");
        finish(store.create(head("run-3", 3000)), "1970-01-01T00:00:03Z");
        store.create(head("run-2", 2000)).close();

        List<RunStore.Entry> runs = store.list();

        assertThat(runs).extracting(RunStore.Entry::runId).containsExactly("run-3", "run-2", "run-1");
        assertThat(runs.get(0))
                .isEqualTo(new RunStore.Entry(
                        "run-3", "ShopVU", 3000, 63_000L, 60.0, 50, 1203L, 12L, 40.2, "duration", null));
        assertThat(runs.get(1).totalRequests()).isNull();
    }

    @Test
    void aFolderThatIsNoRunDoesNotSpoilTheList() throws Exception {
        finish(store.create(head("run-1", 1000)), "1970-01-01T00:00:01Z");
        Files.createDirectories(home.resolve("runs/empty"));
        Files.createDirectories(home.resolve("runs/broken"));
        Files.writeString(home.resolve("runs/broken/plan.json"), "{");

        assertThat(store.list()).extracting(RunStore.Entry::runId).containsExactly("run-1");
        for (String damaged : List.of("", "{}", "null", "[1]", "{\"plan\":{}}", "{\"plan\":null,\"scenario\":\"S\"}")) {
            Files.writeString(home.resolve("runs/broken/plan.json"), damaged);
            assertThat(store.list())
                    .as("beside a plan of: %s", damaged)
                    .extracting(RunStore.Entry::runId)
                    .containsExactly("run-1");
        }
    }

    @Test
    void aReportThatLacksWhatTheListShowsHidesNoOtherRun() throws Exception {
        finish(store.create(head("run-1", 1000)), "1970-01-01T00:00:01Z");
        store.create(head("run-2", 2000)).close();
        for (String damaged : List.of("", "{}", "[1]", "null", "{\"started_at\":\"yesterday\"}", "{\"run_id\":")) {
            Files.writeString(home.resolve("runs/run-2/report.json"), damaged);
            assertThat(store.list())
                    .as("beside a report of: %s", damaged)
                    .extracting(RunStore.Entry::runId)
                    .containsExactly("run-1");
        }
    }

    @Test
    void aNameThatLeadsOutOfTheStoreIsNoRun() throws Exception {
        Files.writeString(home.resolve("plan.json"), "{}");

        assertThat(store.exists("..")).isFalse();
        assertThat(store.exists("../runs/run-1")).isFalse();
        assertThat(store.report("..")).isEmpty();
    }

    private static void finish(RunFolder folder, String startedAt) {
        ObjectNode report = Json.MAPPER.createObjectNode();
        report.put("started_at", startedAt);
        report.put("ended_at", Instant.parse(startedAt).plusSeconds(60).toString());
        report.put("duration_s", 60.0).put("target_users", 50);
        report.put("total_requests", 1203).put("total_failures", 12).put("stop_reason", "duration");
        report.putObject("latency_ms").put("p95", 40.2);
        folder.finish(new Aggregator().numbers(0), report);
        folder.close();
    }

    private static RunHead head(String runId, long createdAt) {
        RunPlan plan = new RunPlan(
                runId, 1, "9f2c", "ShopVU", Map.of("size", "3"), RunPlan.LoadModel.USERS, 42, Map.of("users", 50));
        return new RunHead(plan, "ShopVU", "ShopVU.java", 50, 0, 60.0, createdAt);
    }

    private static List<byte[]> encoded(IntervalBatch... batches) {
        return Arrays.stream(batches).map(IntervalBatch::encoded).toList();
    }

    private static IntervalBatch batch(long seq) {
        SeriesDelta delta = new SeriesDelta(
                Kind.REQUEST, "buy", "GET /ü", 3, 1, Map.of("200", 2L, "503", 1L), 10, 20, new byte[0], new byte[0]);
        ErrorSample error = new ErrorSample("GET /ü", "buy", "503", "two\nlines", "at x", 1);
        return new IntervalBatch("run-1", "w", 7, seq, seq * 1000, 5, false, List.of(delta), List.of(error));
    }
}
