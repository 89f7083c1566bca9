package io.vikhry.runtime.metrics;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes what the loops recorded once a second of cluster time, merges it, and hands it on, on a thread of its own.
 *
 * <p>At the end of a second each loop is asked to swap, which it does as one of its own actions; the collector waits at most one
 * second for the answers. A loop that answers later has its part in the second that is closed then: late, but not lost.
 */
public final class Collector implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Collector.class);
    private static final long SECOND = 1_000;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long LAST_PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);
    /** Cluster time may be set forward while we wait. */
    private static final long LOOK_MILLIS = 50;
    /** After a longer gap, as of a machine that slept, the seconds between are left out. */
    private static final long GAP_MILLIS = 5_000;

    /** A loop's recorder, and its answer that is under way. */
    private static final class Source {
        final Recorder recorder;

        @Nullable CompletableFuture<Recorder.Part> answer;

        Source(Recorder recorder) {
            this.recorder = recorder;
        }
    }

    private final List<Source> sources;
    private final LongSupplier clusterMillis;
    private final IntSupplier activeVus;
    private final Runnable closing;
    private final Consumer<IntervalSnapshot> consumer;
    private final Thread thread;
    private final Object pace = new Object();
    private boolean ending;

    private Collector(
            List<Recorder> recorders,
            LongSupplier clusterMillis,
            IntSupplier activeVus,
            Runnable closing,
            Consumer<IntervalSnapshot> consumer) {
        this.sources = recorders.stream().map(Source::new).toList();
        this.clusterMillis = clusterMillis;
        this.activeVus = activeVus;
        this.closing = closing;
        this.consumer = consumer;
        long first = floor(clusterMillis.getAsLong());
        this.thread = Thread.ofPlatform().name("vikhry-collector").daemon().unstarted(() -> run(first));
    }

    /**
     * Starts collecting.
     *
     * @param recorders of all loops; one collector at a time
     * @param clusterMillis cluster time in ms since 1970
     * @param activeVus users at work now
     * @param consumer takes each second's snapshot, in order, also of seconds without samples; never called on a loop
     */
    public static Collector start(
            List<Recorder> recorders,
            LongSupplier clusterMillis,
            IntSupplier activeVus,
            Consumer<IntervalSnapshot> consumer) {
        return start(recorders, clusterMillis, activeVus, () -> {}, consumer);
    }

    /**
     * Starts collecting, as {@link #start(List, LongSupplier, IntSupplier, Consumer)} does.
     *
     * @param closing is called when a second ends, before any loop is asked for its samples: what is counted in it is not ahead of
     *     the second's snapshot
     */
    public static Collector start(
            List<Recorder> recorders,
            LongSupplier clusterMillis,
            IntSupplier activeVus,
            Runnable closing,
            Consumer<IntervalSnapshot> consumer) {
        Collector collector = new Collector(recorders, clusterMillis, activeVus, closing, consumer);
        collector.thread.start();
        return collector;
    }

    /**
     * Ends collecting: the consumer gets the last, partial second before this returns. What was recorded before the call is in
     * it or in an earlier one. Takes at most 10 s more than the consumer. Must not be called on a loop or by the consumer.
     */
    public void flush() {
        synchronized (pace) {
            ending = true;
            pace.notifyAll();
        }
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                // The thread ends in bounded time, and the caller's samples are at stake.
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** {@link #flush}. A second call does nothing. */
    @Override
    public void close() {
        flush();
    }

    private void run(long first) {
        long second = first;
        while (awaitEnd(second)) {
            closing.run();
            long asked = System.nanoTime();
            ask(false);
            close(second, asked + PATIENCE_NANOS, new Interval());
            long now = floor(clusterMillis.getAsLong());
            second = now - second > GAP_MILLIS ? now - SECOND : second + SECOND;
        }
        // What is under way first: only a swap asked for now holds all that was recorded before flush().
        Interval last = new Interval();
        long asked = System.nanoTime();
        gather(last, asked + LAST_PATIENCE_NANOS);
        ask(true);
        close(second, asked + 2 * LAST_PATIENCE_NANOS, last);
        long silent = sources.stream().filter(source -> source.answer != null).count();
        if (silent > 0) {
            LOG.error(
                    "{} of {} loops did not hand over their last samples: they are not in the result",
                    silent,
                    sources.size());
        }
    }

    /** Waits until the second has passed on the cluster's clock; false when collecting ends. */
    private boolean awaitEnd(long second) {
        // A clock that is set back must not stop the collection: the wait has a bound of its own.
        long bound = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(2 * SECOND);
        synchronized (pace) {
            while (!ending) {
                long waitMillis = Math.min(
                        second + SECOND - clusterMillis.getAsLong(),
                        TimeUnit.NANOSECONDS.toMillis(bound - System.nanoTime()));
                if (waitMillis <= 0) {
                    return true;
                }
                try {
                    pace.wait(Math.min(waitMillis, LOOK_MILLIS));
                } catch (InterruptedException e) {
                    LOG.warn("The collector is interrupted: its samples end here");
                    return false;
                }
            }
            return false;
        }
    }

    private void ask(boolean last) {
        for (Source source : sources) {
            if (source.answer != null) {
                continue;
            }
            CompletableFuture<Recorder.Part> answer = new CompletableFuture<>();
            try {
                source.recorder.home().execute(() -> {
                    answer.complete(source.recorder.swap());
                    if (last) {
                        source.recorder.forget();
                    }
                });
                source.answer = answer;
            } catch (RejectedExecutionException e) {
                LOG.error("A loop has ended before its samples were taken: they are not in the result");
            }
        }
    }

    private void close(long second, long deadlineNanos, Interval interval) {
        gather(interval, deadlineNanos);
        try {
            consumer.accept(interval.snapshot(second, activeVus.getAsInt()));
        } catch (RuntimeException e) {
            LOG.error("The samples of second {} were not taken", second, e);
        }
    }

    private void gather(Interval interval, long deadlineNanos) {
        for (Source source : sources) {
            CompletableFuture<Recorder.Part> answer = source.answer;
            if (answer == null) {
                continue;
            }
            try {
                long patience = Math.max(0, deadlineNanos - System.nanoTime());
                interval.add(answer.get(patience, TimeUnit.NANOSECONDS));
                source.answer = null;
            } catch (TimeoutException e) {
                LOG.warn("A loop is late with its samples: they count for a later second");
            } catch (ExecutionException e) {
                throw new IllegalStateException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private static long floor(long millis) {
        return Math.floorDiv(millis, SECOND) * SECOND;
    }
}
