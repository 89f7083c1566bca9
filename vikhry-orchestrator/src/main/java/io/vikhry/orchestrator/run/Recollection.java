package io.vikhry.orchestrator.run;

import com.fasterxml.jackson.databind.JsonNode;
import io.vikhry.cluster.Assignment;
import io.vikhry.cluster.IntervalBatch;
import io.vikhry.orchestrator.metrics.ArrivalTotals;
import io.vikhry.orchestrator.metrics.Completeness;
import io.vikhry.orchestrator.verdict.Verdict;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A run made again from what was kept of it. */
final class Recollection {
    private static final Logger LOG = LoggerFactory.getLogger(Recollection.class);
    private static final int READ_AT_ONCE = 100;

    private final Run run;
    /** When it was left, or later: a second that begins later is told by a clock, or a disk, that is wrong. */
    private final long nowMillis;

    private long keptUntil;

    private Recollection(Run run, long nowMillis) {
        this.run = run;
        this.nowMillis = nowMillis;
    }

    /** A run that has ended, with its numbers as they were kept; {@code heartbeat} is run again and again while they are read. */
    static Run past(RunFolder folder, Runnable heartbeat) {
        Run run = new Run(folder.head(), folder);
        folder.report().ifPresent(report -> {
            long ended = Instant.parse(report.path("ended_at").asText()).toEpochMilli();
            Recollection past = new Recollection(run, ended);
            run.load.targetUsers = report.path("target_users").asInt();
            run.load.targetRate = report.path("target_rate").asDouble();
            noted(folder).ifPresent(run::take);
            long started = Instant.parse(report.path("started_at").asText()).toEpochMilli();
            if (started != run.head.createdAt()) {
                run.begin(started, List.of());
            }
            past.read(heartbeat);
            run.endedAt = ended;
            past.recall(report);
            run.stop = new Course.Stop(
                    StopReason.valueOf(report.path("stop_reason").asText().toUpperCase(Locale.ROOT)), 0, run.endedAt);
            run.numbers.finish(run.endedAt);
            if (report.has("verdict")) {
                run.opinion.settle(Json.MAPPER.convertValue(report.get("verdict"), Verdict.class));
            }
        });
        return run;
    }

    /** What went wrong in it. The report stands without, so one that cannot be read hides nothing else. */
    private static Optional<Course> noted(RunFolder folder) {
        try {
            return folder.course();
        } catch (UncheckedIOException | IllegalArgumentException e) {
            LOG.warn(
                    "The course of run {} cannot be read: {}",
                    folder.head().plan().runId(),
                    e.getMessage());
            return Optional.empty();
        }
    }

    /** Takes over what only the end has told. */
    private void recall(JsonNode report) {
        JsonNode complete = report.path("completeness");
        run.numbers.recall(new Completeness(
                complete.path("batches").asLong(),
                complete.path("missing_batches").asLong(),
                complete.path("duplicates").asLong(),
                complete.path("ratio").asDouble()));
        if (report.hasNonNull("arrivals")) {
            run.arrivals.recall(Json.MAPPER.convertValue(report.get("arrivals"), ArrivalTotals.class));
        }
    }

    /**
     * A run that another orchestrator led, as it left it.
     *
     * @param dealt the newest assignment that the cluster has, if it has one
     * @param nowMillis cluster time
     * @param heartbeat is run again and again while what was kept is read, which may take long
     */
    static Recollection of(
            Course course, RunFolder folder, @Nullable Assignment dealt, long nowMillis, Runnable heartbeat) {
        Run run = new Run(course.head(), folder);
        run.take(course);
        Assignment noted = course.assignment();
        boolean older = noted == null || (dealt != null && dealt.version() > noted.version());
        Assignment newest = older ? dealt : noted;
        if (newest != null) {
            run.begin(newest.t0Millis(), course.stages().isEmpty() ? newest.stages() : course.stages());
            run.load.targetLast();
            run.deal.take(newest, dealt == null ? 0 : dealt.version(), older ? List.of() : course.transit());
        }
        Recollection recollection = new Recollection(run, nowMillis);
        recollection.read(heartbeat);
        return recollection;
    }

    private void read(Runnable heartbeat) {
        List<IntervalBatch> some = new ArrayList<>();
        run.folder.replay(batch -> {
            heartbeat.run();
            some.add(batch);
            if (batch.secondMillis() < nowMillis) {
                keptUntil = Math.max(keptUntil, batch.secondMillis() + 1000);
            }
            if (some.size() == READ_AT_ONCE) {
                take(some);
                some.clear();
            }
        });
        take(some);
    }

    private void take(List<IntervalBatch> some) {
        run.numbers.replay(some, nowMillis).forEach(run.generators::add);
    }

    /** The run. */
    Run run() {
        return run;
    }

    /** Until when batches of it were kept, cluster time; 0 if there are none. */
    long keptUntil() {
        return keptUntil;
    }
}
