package io.vikhry.runtime.vu;

import io.vikhry.runtime.engine.Loop;
import io.vikhry.runtime.engine.Timer;
import io.vikhry.runtime.load.ArrivalSchedule;
import io.vikhry.runtime.load.LoadCurve;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The arrivals due on one loop, and the users there who serve them. One timer releases all that are due, each with its intended
 * time: to the user that has been free for longest or, where nobody is, to those that wait. Who waits keeps its time, whatever
 * happens, and makes the pool grow as far as it may.
 *
 * <p>Everything belongs to the loop; users that run elsewhere (fallback scheduler) come in by {@link Loop#execute}. A user is in
 * {@link #free} at most once; one that has left is passed over when its turn comes. The counts may be read by any thread: each
 * is right by itself, and {@code intended} is read last, so that nothing seems to have started before it was due.
 */
final class ArrivalLine {
    /** No arrival. */
    static final long NONE = Long.MIN_VALUE;

    private static final Logger LOG = LoggerFactory.getLogger(ArrivalLine.class);
    /** Arrivals released, and users begun, before the loop sees to its sockets again. */
    private static final int RELEASED_AT_ONCE = 2_000;

    private static final int BEGUN_AT_ONCE = 100;
    private static final long AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    /** A user that could not begin its work, or ended before it served anybody, is followed by another only after this time. */
    private static final long AFTER_FAILURE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Loop loop;
    private final Fence fence;
    private final Births births;
    private final Timer timer;
    private final LongQueue waiting = new LongQueue();
    private final ArrayDeque<Attendant> free = new ArrayDeque<>();
    /** Numbers of users that may live here, and those of them that do not live now. */
    private final BitSet members = new BitSet();

    private final BitSet absent = new BitSet();
    private int initial;
    private int beginning;
    private final Timetable timetable = new Timetable();
    private long t0Nanos;

    private volatile long intended;
    private final LongAdder started = new LongAdder();
    private final LongAdder completed = new LongAdder();

    /** Who gives users a life. */
    interface Births {
        /** Begins a life of user {@code id} that serves {@code line}; on the line's loop. */
        void begin(int id, ArrivalLine line);
    }

    ArrivalLine(Loop loop, Fence fence, Births births) {
        this.loop = loop;
        this.fence = fence;
        this.births = births;
        this.timer = loop.timer(this::release);
    }

    /** What a line is to serve; no part means nothing more. */
    record Order(
            BitSet members,
            int initial,
            LoadCurve rate,
            ArrivalSchedule.@Nullable Part part,
            long t0Nanos,
            long sinceNanos,
            long seed) {}

    Loop loop() {
        return loop;
    }

    /** On the loop: serves this from now on. */
    void follow(Order order) {
        BitSet fresh = (BitSet) order.members.clone();
        fresh.andNot(members);
        absent.or(fresh);
        absent.and(order.members);
        members.clear();
        members.or(order.members);
        initial = order.initial;
        if (order.part == null || order.t0Nanos != t0Nanos) {
            timetable.clear();
        }
        t0Nanos = order.t0Nanos;
        if (order.part != null) {
            timetable.follow(order.rate, order.part, order.sinceNanos, System.nanoTime() - t0Nanos, order.seed);
        }
        release();
    }

    private void release() {
        long now = System.nanoTime();
        long nowAfterT0 = now - t0Nanos;
        int released = 0;
        long next = timetable.nextNanos(nowAfterT0);
        while (next <= nowAfterT0 && released < RELEASED_AT_ONCE) {
            arrive(t0Nanos + next);
            released++;
            timetable.advance();
            next = timetable.nextNanos(nowAfterT0);
        }
        intended += released;
        next = next == ArrivalSchedule.NEVER ? Long.MAX_VALUE : Math.max(0, next - nowAfterT0);
        grow();
        if (!timetable.isEmpty() && (!waiting.isEmpty() || wantsInitial())) {
            next = Math.min(next, AGAIN_NANOS);
        }
        if (next != Long.MAX_VALUE) {
            timer.arm(next);
        }
    }

    private void arrive(long intendedNanos) {
        if (!handOut(intendedNanos)) {
            waiting.add(intendedNanos);
        }
    }

    /** Gives an arrival to the user that has been free for longest; false if nobody is. */
    private boolean handOut(long intendedNanos) {
        Attendant user = free.poll();
        while (user != null && !user.give(intendedNanos)) {
            user = free.poll();
        }
        return user != null;
    }

    private boolean wantsInitial() {
        int next = absent.nextSetBit(0);
        return next >= 0 && next < initial;
    }

    /** Begins users: those wanted from the start, and one for each arrival that waits. */
    private void grow() {
        if (timetable.isEmpty() || !fence.isOpen()) {
            return;
        }
        int begun = 0;
        int id = absent.nextSetBit(0);
        while (id >= 0 && begun < BEGUN_AT_ONCE && (id < initial || beginning < waiting.size())) {
            absent.clear(id);
            beginning++;
            begun++;
            begin(id);
            id = absent.nextSetBit(id + 1);
        }
    }

    private void begin(int id) {
        try {
            births.begin(id, this);
        } catch (RuntimeException | Error e) {
            // What is due goes on to be released, and there may be room for this user later.
            LOG.error("VU {} cannot begin", id, e);
            over(id, false, false);
        }
    }

    /** On the loop: {@code user} has ended its preparations and serves from now on. */
    void prepared() {
        beginning--;
    }

    /** On the loop: the next arrival for {@code user}, or {@link #NONE}: then it is given one by {@link Attendant#give}. */
    long next(Attendant user) {
        if (waiting.isEmpty()) {
            free.add(user);
            return NONE;
        }
        return waiting.poll();
    }

    /** On the loop: an arrival that a user was given and has not served is for another one, or waits for it. */
    void giveBack(long intendedNanos) {
        if (!handOut(intendedNanos)) {
            waiting.addFirst(intendedNanos);
            // Users may be begun for it, by a task of the loop as ever.
            loop.execute(this::release);
        }
    }

    /** A user begins to serve an arrival; any thread. */
    void started() {
        started.increment();
    }

    /** A user has served one; any thread. */
    void completed() {
        completed.increment();
    }

    /** On the loop: a life is over, and its user may live again; one that came to nothing, only after a while. */
    void over(int id, boolean wasPrepared, boolean wasIdle) {
        if (!wasPrepared) {
            beginning--;
        }
        if (wasPrepared && !wasIdle) {
            comeBack(id);
        } else {
            loop.after(AFTER_FAILURE_NANOS, () -> comeBack(id));
        }
    }

    private void comeBack(int id) {
        if (members.get(id)) {
            absent.set(id);
        }
    }

    ArrivalCounts counts() {
        long ended = completed.sum();
        long begun = started.sum();
        return new ArrivalCounts(intended, begun, ended);
    }
}
