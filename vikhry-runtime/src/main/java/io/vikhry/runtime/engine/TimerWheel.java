package io.vikhry.runtime.engine;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Timers of one loop: lists by tick, with a bit set of those that are not empty, so that arming and cancelling are O(1) and the
 * next deadline is found without a search.
 *
 * <p>The near wheel holds the next {@value #NEAR} ticks, one list each; the far wheel holds what lies beyond, one list for each
 * {@value #NEAR} ticks, and its lists are dealt to the near wheel when their time begins. Nothing fires before its deadline; it
 * fires at the first tick at or after it. Only the loop may touch it.
 */
final class TimerWheel {
    static final int NEAR_BITS = 12;
    static final int NEAR = 1 << NEAR_BITS;
    private static final int FAR = 256;
    private static final long NONE = Long.MAX_VALUE;
    private static final Logger LOG = LoggerFactory.getLogger(TimerWheel.class);

    private final long tickNanos;
    private final long startNanos;
    private final @Nullable TimerNode[] heads = new @Nullable TimerNode[NEAR + FAR];
    private final @Nullable TimerNode[] tails = new @Nullable TimerNode[NEAR + FAR];
    private final long[] filled = new long[(NEAR + FAR) / 64];

    /** The last tick whose list has been fired. */
    private long current;

    /** No list needs attention before this tick; may be too early, never too late. */
    private long nextTick = NONE;

    private long worstLateNanos;

    TimerWheel(long tickNanos, long startNanos) {
        this.tickNanos = tickNanos;
        this.startNanos = startNanos;
    }

    void arm(TimerNode node, long delayNanos) {
        arm(node, delayNanos, System.nanoTime());
    }

    void arm(TimerNode node, long delayNanos, long nowNanos) {
        // Far enough for any wait, near enough that sums of nanoTime do not overflow.
        node.deadlineNanos = nowNanos + Math.clamp(delayNanos, 0, Long.MAX_VALUE / 4);
        node.armed = true;
        long tick = Math.max(tickAtOrAfter(node.deadlineNanos), current + 1);
        if (node.list >= 0) {
            if (node.tick <= tick) {
                return;
            }
            unlink(node);
        }
        place(node, tick);
    }

    /** Takes the node out at once, so that nothing of it stays reachable. */
    boolean remove(TimerNode node) {
        boolean was = node.armed;
        node.armed = false;
        if (node.list >= 0) {
            unlink(node);
        }
        return was;
    }

    /** When to call {@link #advance} next, {@link System#nanoTime}, or {@link Long#MAX_VALUE}. */
    long nextNanos() {
        return nextTick == NONE ? NONE : startNanos + nextTick * tickNanos;
    }

    /** Fires what is due. Returns how many fired. */
    int advance(long nowNanos) {
        long target = Math.floorDiv(nowNanos - startNanos, tickNanos);
        if (target < nextTick) {
            current = Math.max(current, target);
            return 0;
        }
        int fired = 0;
        while (current < target) {
            long blockEnd = current | (NEAR - 1);
            long limit = Math.min(target, blockEnd);
            long tick;
            while ((tick = nextNear(current + 1, limit)) != NONE) {
                current = tick;
                fired += fire((int) tick & (NEAR - 1), nowNanos);
            }
            current = limit;
            if (current < target) {
                current = blockEnd + 1;
                deal((int) (current >> NEAR_BITS) & (FAR - 1));
                fired += fire((int) current & (NEAR - 1), nowNanos);
            }
        }
        nextTick = search();
        return fired;
    }

    /** How late the latest timer fired since the last call, ns beyond its deadline. */
    long takeWorstLateNanos() {
        long worst = worstLateNanos;
        worstLateNanos = 0;
        return worst;
    }

    private int fire(int list, long nowNanos) {
        int fired = 0;
        TimerNode node;
        // What is armed meanwhile goes to a later tick, thus to another list: this one gets empty.
        while ((node = heads[list]) != null) {
            unlink(node);
            if (!node.armed) {
                continue;
            }
            long late = nowNanos - node.deadlineNanos;
            if (late < 0) {
                place(node, Math.max(tickAtOrAfter(node.deadlineNanos), current + 1));
                continue;
            }
            worstLateNanos = Math.max(worstLateNanos, late);
            node.armed = false;
            fired++;
            try {
                node.fire();
            } catch (Throwable e) {
                LOG.error("A timer's action failed", e);
            }
        }
        return fired;
    }

    private void deal(int far) {
        TimerNode node = heads[NEAR + far];
        heads[NEAR + far] = null;
        tails[NEAR + far] = null;
        filled[(NEAR + far) >> 6] &= ~(1L << (NEAR + far));
        while (node != null) {
            TimerNode following = node.next;
            node.previous = null;
            node.next = null;
            node.list = -1;
            if (node.armed) {
                place(node, Math.max(node.tick, current));
            }
            node = following;
        }
    }

    private void place(TimerNode node, long tick) {
        node.tick = tick;
        long attention = tick;
        int list;
        if (tick - current < NEAR) {
            list = (int) tick & (NEAR - 1);
        } else {
            // Beyond the far wheel a node waits in its last list and is placed anew from there.
            long block = Math.min(tick >> NEAR_BITS, (current >> NEAR_BITS) + FAR - 1);
            list = NEAR + ((int) block & (FAR - 1));
            attention = block << NEAR_BITS;
        }
        nextTick = Math.min(nextTick, attention);
        TimerNode tail = tails[list];
        node.list = list;
        node.previous = tail;
        if (tail == null) {
            heads[list] = node;
            filled[list >> 6] |= 1L << list;
        } else {
            tail.next = node;
        }
        tails[list] = node;
    }

    private void unlink(TimerNode node) {
        int list = node.list;
        TimerNode before = node.previous;
        TimerNode after = node.next;
        if (before == null) {
            heads[list] = after;
        } else {
            before.next = after;
        }
        if (after == null) {
            tails[list] = before;
        } else {
            after.previous = before;
        }
        if (heads[list] == null) {
            filled[list >> 6] &= ~(1L << list);
        }
        node.previous = null;
        node.next = null;
        node.list = -1;
    }

    private long search() {
        long near = nextNear(current + 1, current + NEAR - 1);
        long block = current >> NEAR_BITS;
        for (int i = 1; i < FAR; i++) {
            int list = NEAR + ((int) (block + i) & (FAR - 1));
            if ((filled[list >> 6] >>> list & 1) != 0) {
                return Math.min(near, (block + i) << NEAR_BITS);
            }
        }
        return near;
    }

    /** The first tick of {@code from..to} whose near list is not empty; the range is shorter than the wheel. */
    private long nextNear(long from, long to) {
        long tick = from;
        while (tick <= to) {
            int list = (int) tick & (NEAR - 1);
            long word = filled[list >> 6] >>> list;
            if (word != 0) {
                long found = tick + Long.numberOfTrailingZeros(word);
                return found <= to ? found : NONE;
            }
            tick = (tick | 63) + 1;
        }
        return NONE;
    }

    private long tickAtOrAfter(long nanos) {
        return Math.ceilDiv(nanos - startNanos, tickNanos);
    }

    /** Lists that are not empty. For tests. */
    int filledLists() {
        return Arrays.stream(filled).mapToInt(Long::bitCount).sum();
    }
}
