package io.vikhry.orchestrator.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vikhry.cluster.BatchOrigin;
import io.vikhry.cluster.Cluster;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The end of a run: when all of it has come or has had the time to, what is left is read and the report written. */
final class Ending {
    private static final Logger LOG = LoggerFactory.getLogger(Ending.class);
    /** How much longer than the drain limit workers may take to send their last batch; and after that, those missed before it. */
    private static final long LAST_BATCH_MILLIS = 5_000;

    /** How much longer than that it may take to read what was sent by then: a backlog is no reason to call it missing. */
    private static final long BACKLOG_MILLIS = 120_000;

    private static final Duration LAST_READING = Duration.ofSeconds(3);
    private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Cluster cluster;
    private final Presence presence;
    private final Supplier<ObjectNode> environment;
    private long triedNanos;
    /** That of its workers none is to come any more. */
    private final Since abandoned = new Since();
    /** That each of its workers has sent its last batch. */
    private final Since told = new Since();

    /** Since when something has been so of a run, as far as was seen; cluster time. */
    private static final class Since {
        private @Nullable Run of;
        private long millis;

        void see(Run run, boolean so, long nowMillis) {
            if (!so) {
                of = null;
            } else if (of != run) {
                of = run;
                millis = nowMillis;
            }
        }
    }

    Ending(Cluster cluster, Presence presence, Supplier<ObjectNode> environment) {
        this.cluster = cluster;
        this.presence = presence;
        this.environment = environment;
    }

    /**
     * Whether every worker has sent its last batch, and those before it have come or had the time to; or each is gone or has nothing
     * to send, or the time for that is over, and what was sent by then has been read.
     *
     * @param reading who reads the batches
     * @param toldMillis since when the cluster's state says that the run ends, cluster time
     */
    boolean due(Run run, @Nullable Collector reading, long toldMillis) {
        Course.Stop stop = run.stop;
        long now = cluster.clock().nowMillis();
        Set<BatchOrigin> gaps = run.numbers.gaps().keySet();
        boolean all = true;
        boolean whole = true;
        boolean out = true;
        for (Map.Entry<String, Long> holder : run.shares.fences().entrySet()) {
            String worker = holder.getKey();
            long fence = holder.getValue();
            BatchOrigin origin = run.departures.sequence(worker, fence, last(worker, fence, now));
            boolean ended = run.numbers.finished(origin);
            // What is missed before the last batch was asked for: a worker that is there sends it again.
            boolean complete = ended && !gaps.contains(origin);
            all &= ended;
            whole &= complete;
            out &= complete || presence.gone(worker, fence) || presence.turnedAway(worker, fence, run.id(), toldMillis);
        }
        abandoned.see(run, out, now);
        told.see(run, all, now);
        long bound = stop == null ? 0 : stop.sinceMillis() + stop.drainMillis() + LAST_BATCH_MILLIS;
        return (all && (whole || now >= told.millis + LAST_BATCH_MILLIS))
                || (out && read(reading, abandoned.millis, now))
                || (now >= bound && read(reading, bound, now));
    }

    /** Whether what was sent until then has been read, or has had the time to. */
    private static boolean read(@Nullable Collector reading, long untilMillis, long nowMillis) {
        return reading == null || reading.readUntilMillis() >= untilMillis || nowMillis >= untilMillis + BACKLOG_MILLIS;
    }

    private Hearsay.Last last(String workerId, long fence, long nowMillis) {
        return presence.last(workerId, fence).orElse(Hearsay.Last.unknown(nowMillis));
    }

    /** Ends the run with its report; why there is none, if the disk does not take it. */
    Optional<String> finish(Run run, @Nullable Collector reading) {
        try {
            if (reading != null && !reading.finish(LAST_READING)) {
                LOG.warn("Run {} ends before all of its batches were read", run.id());
                reading.abort();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        noteLost(run);
        // The report first: whoever sees IDLE finds it.
        if (run.endedAtOrNull() == null) {
            try {
                run.finish(environment.get());
            } catch (RuntimeException | LinkageError e) {
                // A run that cannot be reported ends all the same.
                LOG.error("Run {} has no report", run.id(), e);
                return Optional.of("the report could not be made: " + e);
            }
        }
        return write(run);
    }

    /** Whose last batch has not come, although all that came was read. */
    private void noteLost(Run run) {
        long now = cluster.clock().nowMillis();
        Course.Stop stop = run.stop;
        long longest = stop == null ? now : stop.sinceMillis() + stop.drainMillis() + LAST_BATCH_MILLIS;
        run.shares.fences().forEach((worker, fence) -> {
            Hearsay.Last last = last(worker, fence, Math.min(now, longest));
            if (presence.left(worker, fence)) {
                run.departures.part(worker, fence, last);
            } else if (!run.departures.toldAll(worker, fence, last)) {
                run.departures.lose(worker, fence, last, now);
            }
        });
    }

    /** Tries again to write a report that the disk has not taken. */
    void writeLate(Run run) {
        if (run.reportToWrite() != null
                && System.nanoTime() - triedNanos > AGAIN_NANOS
                && write(run).isEmpty()) {
            LOG.info("The report of run {} is written at last", run.id());
        }
    }

    private Optional<String> write(Run run) {
        triedNanos = System.nanoTime();
        try {
            run.writeReport();
            return Optional.empty();
        } catch (UncheckedIOException e) {
            LOG.error("Run {} has no report on disk yet: {}", run.id(), e.getMessage());
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }
}
