package io.vikhry.runtime.vu;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * A worker's share of the run's limit of requests per second: at most so many begin in any second, wherever that second begins.
 *
 * <p>The generic cell rate algorithm (ITU-T I.371): each request moves the time of the next by one interval, and may come up to
 * {@link #EARLY_NANOS} before its time. {@code k} requests within less than a second thus need {@code (k - 1) * interval <
 * 1 s + EARLY}; the interval is a little longer than a second and {@code EARLY}, divided by the share, so {@code k} is never more
 * than the share. What it is longer ({@link #WAY_NANOS}) is for the way to the target, where one request may take longer than the
 * next: at the target too the limit holds while the ways differ by less. Time in which nobody asked is not made up for.
 *
 * <p>Any thread may call. All loops of the worker draw on one number with compare-and-set; a run without a limit has no throttle.
 */
public final class Throttle {
    static final long EARLY_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    static final long WAY_NANOS = TimeUnit.MILLISECONDS.toNanos(40);
    /** Where there is no share, nobody knows when there will be one. */
    static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final AtomicLong next = new AtomicLong(System.nanoTime());
    private volatile long intervalNanos;
    private final LongAdder heldRequests = new LongAdder();
    private final LongAdder heldNanos = new LongAdder();

    /** A throttle that lets nothing pass until it is given a share. */
    public Throttle() {}

    /** From now on so many requests may begin in a second, 0 or more. */
    public void share(int perSecond) {
        long before = intervalNanos;
        long fresh = perSecond == 0 ? 0 : (SECOND_NANOS + EARLY_NANOS + WAY_NANOS) / perSecond;
        if (fresh == before) {
            return;
        }
        if (before == 0) {
            // Another worker may have used this share until now.
            next.set(System.nanoTime() + fresh);
        }
        intervalNanos = fresh;
    }

    /** Whether it has a share. */
    public boolean open() {
        return intervalNanos > 0;
    }

    /** 0 if a request may begin at {@code now}, by {@link System#nanoTime}; else how long to wait before asking again, in ns. */
    long take(long now) {
        while (true) {
            long interval = intervalNanos;
            if (interval == 0) {
                return LOOK_AGAIN_NANOS;
            }
            long due = next.get();
            long early = due - EARLY_NANOS - now;
            if (early > 0) {
                return early;
            }
            long from = due - now > 0 ? due : now;
            if (next.compareAndSet(due, from + interval)) {
                return 0;
            }
        }
    }

    /** A request was held back for so long. */
    void held(long nanos) {
        heldRequests.increment();
        heldNanos.add(nanos);
    }

    /** Requests that were held back so far. */
    public long heldRequests() {
        return heldRequests.sum();
    }

    /** How long they were held back, added up, in ms. */
    public long heldMillis() {
        return TimeUnit.NANOSECONDS.toMillis(heldNanos.sum());
    }
}
