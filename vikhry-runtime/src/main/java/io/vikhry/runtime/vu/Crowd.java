package io.vikhry.runtime.vu;

import io.vikhry.runtime.engine.Engine;
import io.vikhry.runtime.engine.Loop;
import io.vikhry.runtime.load.VuSet;
import io.vikhry.runtime.metrics.Kind;
import io.vikhry.runtime.metrics.Series;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The users of one worker that live: begins lives, counts them, and sees them all end.
 *
 * <p>A life is entered before it starts, by who begins it, and taken out by itself when it is over, so a user that is in
 * {@link #lives} is never started a second time. Any thread may call, but one thread at a time {@link #awaitEnd awaits the end}.
 */
final class Crowd implements VuLife.Witness {
    private static final Logger LOG = LoggerFactory.getLogger(Crowd.class);
    private static final long AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final RunSetting run;
    private final List<List<Series>> stepSeriesByLoop = new ArrayList<>();
    private final Lives lives;
    private final AtomicInteger active = new AtomicInteger();
    private final AtomicLong submitted = new AtomicLong();
    /** Lives that ended before they began: the load went down, or the run ended, while they waited. */
    private final AtomicLong unborn = new AtomicLong();

    private final AtomicLong started = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final AtomicLong quit = new AtomicLong();
    private volatile @Nullable Departures departures;
    private volatile long deadlineNanos;
    private volatile boolean ending;
    private volatile boolean killed;
    private volatile @Nullable Thread waiter;

    /** Who is told of each life that is over, on that life's thread. */
    interface Departures {
        /** It will leave the table of lives after this. */
        void leaving(VuLife life);

        /** It has left. */
        void left();
    }

    Crowd(RunSetting run) {
        this.run = run;
        Engine engine = run.engine();
        for (Loop loop : engine.loops()) {
            stepSeriesByLoop.add(run.scenario().steps().stream()
                    .map(step -> loop.recorder().series(Kind.STEP, "", step.name()))
                    .toList());
        }
        this.lives = new Lives(engine.loops().size());
    }

    /** Tells {@code who} from now on. */
    void tell(Departures who) {
        departures = who;
    }

    /** The lives that go on. */
    Lives lives() {
        return lives;
    }

    /** Gives user {@code id} a life on the loop that has the fewest. */
    void begin(int id) {
        begin(id, run.engine().loops().get(lives.fewest()), null);
    }

    /** Gives user {@code id} a life that serves {@code line}, on its loop. */
    void begin(int id, ArrivalLine line) {
        begin(id, line.loop(), line);
    }

    private void begin(int id, Loop loop, @Nullable ArrivalLine line) {
        VuLife life = new VuLife(run, id, loop, stepSeriesByLoop.get(loop.index()), this, line);
        lives.add(life);
        try {
            life.start();
        } catch (RuntimeException | Error e) {
            lives.remove(life);
            throw e;
        }
        submitted.incrementAndGet();
        if (ending) {
            // The end may have looked at the lives before this one was among them.
            life.end();
        }
        if (killed) {
            life.kill();
        }
    }

    /** Cuts what users have in flight and ends them at once, those that begin later too. */
    void kill() {
        killed = true;
        each(VuLife::kill);
    }

    /** Lets all users end, each after its current step. */
    void endAll() {
        each(VuLife::end);
    }

    /** All lives that go on. */
    void each(Consumer<VuLife> action) {
        lives.each(action);
    }

    /** From now on every life ends, and who awaits that does so until {@code nanos} at most; an earlier time than set before counts. */
    void endBy(long nanos) {
        if (!ending || nanos - deadlineNanos < 0) {
            deadlineNanos = nanos;
            ending = true;
            LockSupport.unpark(waiter);
        }
    }

    /**
     * Waits until all have ended; those who have not by the time of {@link #endBy} are interrupted, and left alone after the
     * bound of the options. How many were interrupted.
     */
    int awaitEnd() throws InterruptedException {
        waiter = Thread.currentThread();
        try {
            endAll();
            return awaitEmpty();
        } finally {
            waiter = null;
        }
    }

    private int awaitEmpty() throws InterruptedException {
        VuOptions options = run.options();
        long boundNanos =
                2 * options.stopTimeout().toNanos() + options.interruptGrace().toNanos();
        int interrupted = 0;
        boolean late = false;
        while (!lives.isEmpty()) {
            long left = deadlineNanos - System.nanoTime();
            if (left <= 0) {
                if (left <= -boundNanos) {
                    break;
                }
                int hit = lives.stream()
                        .mapToInt(life -> life.interrupt() ? 1 : 0)
                        .sum();
                interrupted = late ? interrupted : hit;
                late = true;
                left = AGAIN_NANOS;
            }
            LockSupport.parkNanos(this, left);
            if (Thread.interrupted()) {
                throw new InterruptedException("interrupted while users were ending");
            }
        }
        return interrupted;
    }

    /** Whether nobody lives but users of {@code users}. */
    boolean consistsOf(VuSet users) {
        return lives.stream().allMatch(life -> users.contains(life.id()));
    }

    /** Those who live, each with where it stands, for people. */
    List<String> describe() {
        return lives.stream().map(VuLife::describe).sorted().toList();
    }

    /** What the user is doing whose thread that is, or {@code null}. */
    @Nullable String doingOn(Thread thread) {
        return lives.stream()
                .map(life -> life.doingOn(thread))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    /** Users between the start of {@code onInit} and the end of {@code onStop}. */
    int active() {
        return active.get();
    }

    /** Users started so far. */
    long started() {
        return started.get();
    }

    /** Users that ended by an exception before their first step. */
    long failed() {
        return failed.get();
    }

    /** Users that the scenario itself ended. */
    long quit() {
        return quit.get();
    }

    /** Lives that were given but have not begun. */
    long unbegun() {
        return Math.max(0, submitted.get() - started.get() - unborn.get());
    }

    @Override
    public void begun(VuLife life) {
        active.incrementAndGet();
        started.incrementAndGet();
    }

    @Override
    public void failed(VuLife life) {
        failed.incrementAndGet();
    }

    @Override
    public void over(VuLife life, boolean begun) {
        if (begun) {
            active.decrementAndGet();
            quit.addAndGet(life.quit() ? 1 : 0);
        } else {
            unborn.incrementAndGet();
        }
        Departures told = departures;
        if (told != null) {
            told.leaving(life);
        }
        lives.remove(life);
        leaveLine(life);
        if (told != null) {
            told.left();
        }
        LockSupport.unpark(waiter);
    }

    private void leaveLine(VuLife life) {
        ArrivalLine line = life.line();
        if (line == null) {
            return;
        }
        try {
            life.loop().execute(() -> line.over(life.id(), life.prepared(), life.idle()));
        } catch (RejectedExecutionException e) {
            LOG.debug("VU {} outlived its engine", life.id(), e);
        }
    }
}
