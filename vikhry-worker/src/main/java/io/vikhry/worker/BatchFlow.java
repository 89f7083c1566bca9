package io.vikhry.worker;

import io.vikhry.cluster.BatchOrigin;
import io.vikhry.cluster.IntervalBatch.Arrivals;
import io.vikhry.cluster.IntervalBatch.Vitals;
import io.vikhry.cluster.Metrics;
import io.vikhry.runtime.engine.Engine;
import io.vikhry.runtime.engine.Loop;
import io.vikhry.runtime.metrics.Collector;
import io.vikhry.runtime.metrics.IntervalSnapshot;
import io.vikhry.runtime.probe.ProbeSample;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The way of a run's numbers out of this worker: collected each second, numbered, sent. It begins with the first user's crew and
 * ends with a batch that says it is the last.
 *
 * <p>The collector's thread makes the batches until {@link #finish}; from then on it only hands over, because which second is
 * the last is known only when the collector has ended. Arrivals are counted before the loops hand over their samples: what a batch
 * says is completed is among the requests of this batch and those before, also if it is the last that is ever heard.
 */
final class BatchFlow implements AutoCloseable {
    private final BatchMaker maker;
    private final BatchSender sender;
    private final LongSupplier clusterMillis;
    private final Supplier<@Nullable Arrivals> arrivals;
    private final Supplier<List<ProbeSample>> probes;
    private final Supplier<Vitals> vitals;
    /** Guarded by itself, and {@link #finishing} with it. */
    private final List<IntervalSnapshot> heldBack = new ArrayList<>();

    private boolean finishing;
    private @Nullable Collector collector;
    /** As they were when the second ended whose samples are being collected; of the collector's thread. */
    private @Nullable Arrivals closed;

    /**
     * A flow that has not begun.
     *
     * @param clusterMillis cluster time in ms since 1970
     * @param arrivals tells those of the run so far, or {@code null} in the closed model
     * @param probes takes what probes saw since it was asked last
     * @param vitals tells how the worker is
     */
    BatchFlow(
            BatchOrigin origin,
            Metrics metrics,
            LongSupplier clusterMillis,
            Supplier<@Nullable Arrivals> arrivals,
            Supplier<List<ProbeSample>> probes,
            Supplier<Vitals> vitals) {
        this.clusterMillis = clusterMillis;
        this.arrivals = arrivals;
        this.probes = probes;
        this.vitals = vitals;
        this.maker = new BatchMaker(origin);
        this.sender = new BatchSender(metrics);
    }

    BatchOrigin origin() {
        return maker.origin();
    }

    /** The number of the newest batch, 0 before the first. */
    long lastSeq() {
        return maker.seq();
    }

    /** Begins to collect, if it has not begun. */
    void begin(Engine engine, IntSupplier activeVus) {
        if (collector == null) {
            collector = Collector.start(
                    engine.loops().stream().map(Loop::recorder).toList(),
                    clusterMillis,
                    activeVus,
                    () -> closed = arrivals.get(),
                    this::second);
        }
    }

    private void second(IntervalSnapshot second) {
        synchronized (heldBack) {
            if (finishing) {
                heldBack.add(second);
                return;
            }
        }
        sender.add(maker.make(second, false, closed, probes.get(), vitals.get()));
    }

    /** The orchestrator has taken over everything up to {@code cursor}, and of what is after it {@code ahead}, or 0. */
    void passed(long cursor, long ahead) {
        sender.passed(cursor, ahead);
    }

    /** Redis may have lost what was sent: everything not passed goes again. */
    void resend() {
        sender.resend();
    }

    /** Ends collecting and sends the rest; false if Redis has not taken it within {@code timeout}. */
    boolean finish(Duration timeout) throws InterruptedException {
        Collector collecting = collector;
        if (collecting == null) {
            // There were no users; that is said as well, so that nobody waits for them.
            long second = Math.floorDiv(clusterMillis.getAsLong(), 1000L) * 1000;
            IntervalSnapshot nothing = new IntervalSnapshot(second, 0, List.of(), List.of(), 0);
            sender.add(maker.make(nothing, true, arrivals.get(), probes.get(), vitals.get()));
            return sender.awaitSent(timeout);
        }
        synchronized (heldBack) {
            finishing = true;
        }
        collecting.close();
        synchronized (heldBack) {
            for (int i = 0; i < heldBack.size(); i++) {
                sender.add(maker.make(
                        heldBack.get(i), i == heldBack.size() - 1, arrivals.get(), probes.get(), vitals.get()));
            }
        }
        return sender.awaitSent(timeout);
    }

    /** Sends no more. */
    @Override
    public void close() {
        sender.close();
    }
}
