package io.vikhry.runtime.vu;

import io.vikhry.runtime.load.LoadCurve;
import io.vikhry.runtime.load.VuSet;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows a load curve on a thread of its own: starts users when they become wanted, ends them when they no longer are.
 *
 * <p>All its state belongs to its thread. Others leave it a score to follow or a life that is over, and wake it. A life is
 * reported over before it leaves the table of lives, and wakes the conductor when it has left: so when the conductor finds a
 * user gone from the table, the report is there, and a user that is wanted again while its old life is still ending starts when
 * that has left the table, never beside it.
 */
final class Conductor implements Crowd.Departures, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Conductor.class);
    private static final long MAX_WAIT_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Crowd crowd;
    private final Lives lives;
    private final StartQueue starts;
    private final StartRetry retry;
    private final AtomicReference<@Nullable Score> next = new AtomicReference<>();
    private final Queue<VuLife> over = new ConcurrentLinkedQueue<>();
    private final Thread thread;
    private volatile boolean closed;
    private volatile int kept;
    private volatile int gone;
    /** The users of the score that is followed: nobody else is started from here on. */
    private volatile VuSet followed = VuSet.EMPTY;

    private Score score = new Score(VuSet.EMPTY, LoadCurve.ZERO, System.nanoTime());
    /** Users below this number are wanted, as far as they are in the score. */
    private int bound;
    /** Users that ended by themselves and stay away until they have not been wanted for a while. */
    private final BitSet away = new BitSet();
    /** How often the preparations of a user have failed, one time after the other. */
    private final Map<Integer, Integer> failedInARow = new HashMap<>();
    /** Users to start again when their old life is over. */
    private final BitSet again = new BitSet();

    private record Score(VuSet vus, LoadCurve curve, long t0Nanos) {
        long millis(long nanos) {
            return Math.floorDiv(nanos - t0Nanos, 1_000_000L);
        }
    }

    /** A conductor that follows nothing yet, and tells {@code crowd} who begins and who ends. */
    Conductor(VuOptions options, Crowd crowd) {
        this.starts = new StartQueue(options.startSpread().toNanos());
        this.retry = options.retry();
        this.crowd = crowd;
        this.lives = crowd.lives();
        this.thread = new Thread(this::conduct, "vikhry-conductor");
        thread.setDaemon(true);
    }

    void start() {
        crowd.tell(this);
        thread.start();
    }

    /** Follows this from now on. */
    void follow(VuSet vus, LoadCurve curve, long t0Nanos) {
        next.set(new Score(vus, curve, t0Nanos));
        wake();
    }

    @Override
    public void leaving(VuLife life) {
        over.add(life);
    }

    @Override
    public void left() {
        wake();
    }

    private void wake() {
        LockSupport.unpark(thread);
    }

    /** Users that are wanted, but whose last life has not ended yet. */
    int kept() {
        return kept;
    }

    /** Whether it follows a score with these users already, so that it starts nobody else. */
    boolean follows(VuSet vus) {
        return followed == vus && next.get() == null;
    }

    /** Users that are wanted, but ended by themselves. */
    int gone() {
        return gone;
    }

    /** Ends it, and returns when it will not start anybody any more. */
    @Override
    public void close() throws InterruptedException {
        closed = true;
        wake();
        thread.join();
    }

    private void conduct() {
        while (!closed) {
            try {
                round(System.nanoTime());
            } catch (RuntimeException | Error e) {
                // Without it no user would start or end any more: it goes on with the next round.
                LOG.error("cannot start or end users", e);
            }
            LockSupport.parkNanos(this, nanosToNext(System.nanoTime()));
        }
        kept = 0;
    }

    private void round(long now) {
        Score fresh = next.getAndSet(null);
        if (fresh != null) {
            score = fresh;
            reconcile(now);
            followed = fresh.vus;
        } else {
            move(now);
        }
        settle(now);
        beginDue();
    }

    /** Compares everybody with a new score. */
    private void reconcile(long now) {
        bound = score.curve.usersAt(score.millis(now));
        lives.each(life -> {
            if (!wanted(life.id())) {
                dismiss(life.id());
            }
        });
        for (int user : starts.users()) {
            if (!wanted(user)) {
                starts.remove(user);
            }
        }
        for (int user = away.nextSetBit(0); user >= 0; user = away.nextSetBit(user + 1)) {
            if (!wanted(user)) {
                away.clear(user);
            }
        }
        call(0, bound, now);
    }

    /** Moves along the curve. */
    private void move(long now) {
        int users = score.curve.usersAt(score.millis(now));
        int before = bound;
        bound = users;
        if (users > before) {
            call(before, users, now);
        } else {
            for (VuSet.Range range : score.vus.ranges()) {
                for (int user = Math.max(range.from(), users); user < Math.min(range.to(), before); user++) {
                    dismiss(user);
                }
            }
        }
    }

    private boolean wanted(int user) {
        return user < bound && score.vus.contains(user);
    }

    /** Calls the users from {@code from} to {@code to} that are not at work. */
    private void call(int from, int to, long now) {
        List<Integer> called = new ArrayList<>();
        for (VuSet.Range range : score.vus.ranges()) {
            for (int user = Math.max(range.from(), from); user < Math.min(range.to(), to); user++) {
                VuLife life = lives.of(user);
                if (life != null && life.isToEnd()) {
                    again.set(user);
                } else if (life == null && !away.get(user) && !starts.contains(user)) {
                    called.add(user);
                }
            }
        }
        starts.add(called, now);
    }

    private void dismiss(int user) {
        starts.remove(user);
        again.clear(user);
        away.clear(user);
        VuLife life = lives.of(user);
        if (life != null) {
            life.end();
        }
    }

    /** Takes note of lives that are over, and calls again those who were to come again after them. */
    private void settle(long now) {
        for (VuLife life = over.poll(); life != null; life = over.poll()) {
            boolean stays = !life.isToEnd() && wanted(life.id());
            if (stays && life.failed()) {
                int failures = failedInARow.merge(life.id(), 1, Integer::sum);
                starts.add(life.id(), now + retry.nanosAfter(failures));
            } else {
                failedInARow.remove(life.id());
                if (stays) {
                    away.set(life.id());
                    starts.remove(life.id());
                }
            }
        }
        List<Integer> called = new ArrayList<>();
        for (int user = again.nextSetBit(0); user >= 0; user = again.nextSetBit(user + 1)) {
            if (lives.of(user) == null) {
                again.clear(user);
                called.add(user);
            }
        }
        starts.add(called, now);
        kept = again.cardinality();
        gone = away.cardinality();
    }

    private void beginDue() {
        int user = starts.poll(System.nanoTime());
        while (user >= 0 && !closed) {
            crowd.begin(user);
            user = starts.poll(System.nanoTime());
        }
    }

    private long nanosToNext(long now) {
        long wait = Math.min(MAX_WAIT_NANOS, starts.nanosToNext(now));
        long change = score.curve.nextChangeMillis(Math.max(score.millis(now), -1));
        if (change >= 0) {
            wait = Math.min(wait, score.t0Nanos + TimeUnit.MILLISECONDS.toNanos(change) - now);
        }
        return Math.max(wait, 1);
    }
}
