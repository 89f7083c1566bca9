package io.vikhry.runtime.vu;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/** Users that are to start, each at its time. For one thread. */
final class StartQueue {
    /** Where few users start at once, this much time for each is enough to take them out of step. */
    private static final long STEP_NANOS = 10_000_000;
    /**
     * Where very many do before anything has run, this much time for each leaves the compilers theirs: the stack of a user who waits
     * takes several times the room if the code was not compiled when the user came there, and keeps it.
     */
    private static final long COLD_STEP_NANOS = 40_000;
    /** So many users are the first ones, while the compilers are at work. */
    private static final int COLD = 100_000;

    private final PriorityQueue<Start> byTime = new PriorityQueue<>();
    private final Map<Integer, Start> byUser = new HashMap<>();
    private final long spreadNanos;
    private long added;

    /** A queue that spreads starts over {@code spreadNanos} at most, and its first 100,000 to no more than 25,000 a second. */
    StartQueue(long spreadNanos) {
        this.spreadNanos = spreadNanos;
    }

    /** Adds {@code users}, who are wanted from {@code nanos} on, evenly spread from there. */
    void add(List<Integer> users, long nanos) {
        int count = users.size();
        long cold = Math.clamp(COLD - added, 0, count);
        long window = Math.max(Math.min(spreadNanos, count * STEP_NANOS), cold * COLD_STEP_NANOS);
        added += count;
        for (int i = 0; i < count; i++) {
            add(users.get(i), nanos + window * i / count);
        }
    }

    /** Adds {@code user}, who is to start at {@code nanos}. */
    void add(int user, long nanos) {
        if (!byUser.containsKey(user)) {
            Start start = new Start(user, nanos);
            byUser.put(user, start);
            byTime.add(start);
        }
    }

    /** Whether {@code user} is in it. */
    boolean contains(int user) {
        return byUser.containsKey(user);
    }

    /** Takes {@code user} out. */
    void remove(int user) {
        Start start = byUser.remove(user);
        if (start != null) {
            byTime.remove(start);
        }
    }

    /** The next user whose time has come, taken out, or -1. */
    int poll(long nowNanos) {
        Start first = byTime.peek();
        if (first == null || first.nanos - nowNanos > 0) {
            return -1;
        }
        byTime.poll();
        byUser.remove(first.user);
        return first.user;
    }

    /** How long until the next start, in ns; {@link Long#MAX_VALUE} if there is none. */
    long nanosToNext(long nowNanos) {
        Start first = byTime.peek();
        return first == null ? Long.MAX_VALUE : Math.max(0, first.nanos - nowNanos);
    }

    /** All users in it. */
    List<Integer> users() {
        return List.copyOf(byUser.keySet());
    }

    private record Start(int user, long nanos) implements Comparable<Start> {
        @Override
        public int compareTo(Start other) {
            int byTime = Long.signum(nanos - other.nanos);
            return byTime != 0 ? byTime : Integer.compare(user, other.user);
        }
    }
}
