package io.vikhry.runtime.vu;

import io.vikhry.runtime.engine.Engine;
import io.vikhry.runtime.engine.Loop;
import io.vikhry.runtime.load.ArrivalSchedule;
import io.vikhry.runtime.load.LoadCurve;
import io.vikhry.runtime.load.VuSet;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Deals a worker's arrivals and the users who may serve them out to the loops, a part of the one with the same part of the
 * other. A user number, once dealt to a loop, stays there, so it never lives twice. Safe for use by any thread.
 */
final class Reception {
    private static final ArrivalLoad NOTHING =
            new ArrivalLoad(VuSet.EMPTY, 0, LoadCurve.ZERO, ArrivalSchedule.Part.ALL, 0, 0);

    private final List<ArrivalLine> lines = new ArrayList<>();
    private final List<BitSet> members = new ArrayList<>();
    private final long seed;
    /** Orders that their lines do not follow yet. */
    private final AtomicInteger underWay = new AtomicInteger();

    private boolean closed;

    Reception(Engine engine, Fence fence, long seed, ArrivalLine.Births births) {
        this.seed = seed;
        for (Loop loop : engine.loops()) {
            lines.add(new ArrivalLine(loop, fence, births));
            members.add(new BitSet());
        }
    }

    /** Serves this from now on. */
    synchronized void follow(ArrivalLoad load) {
        if (closed) {
            return;
        }
        deal(load.pool());
        int users = load.pool().size();
        double from = load.part().from();
        int dealt = 0;
        for (int i = 0; i < lines.size(); i++) {
            int here = members.get(i).cardinality();
            dealt += here;
            double to = dealt == users
                    ? load.part().to()
                    : load.part().from() + load.part().share() * dealt / users;
            order(
                    i,
                    load,
                    here == 0
                            ? null
                            : new ArrivalSchedule.Part(from, to, load.part().poisson()));
            from = to;
        }
    }

    /** Releases nothing more; what waits is never started. */
    synchronized void close() {
        closed = true;
        for (int i = 0; i < lines.size(); i++) {
            order(i, NOTHING, null);
        }
    }

    /** Releases nothing and wants nobody, until there is another load. */
    synchronized void rest() {
        members.forEach(BitSet::clear);
        for (int i = 0; i < lines.size(); i++) {
            order(i, NOTHING, null);
        }
    }

    private void order(int i, ArrivalLoad load, ArrivalSchedule.@Nullable Part part) {
        long stream = part == null ? 0 : Double.doubleToLongBits(part.from());
        ArrivalLine.Order order = new ArrivalLine.Order(
                (BitSet) members.get(i).clone(),
                load.initialUsers(),
                load.rate(),
                part,
                load.t0Nanos(),
                load.sinceNanos(),
                RunSetting.mix(seed, stream));
        ArrivalLine line = lines.get(i);
        underWay.incrementAndGet();
        line.loop().execute(() -> {
            line.follow(order);
            underWay.decrementAndGet();
        });
    }

    /** Whether all lines follow their newest order, so that nobody else is started. */
    boolean settled() {
        return underWay.get() == 0;
    }

    private void deal(VuSet pool) {
        BitSet fresh = new BitSet();
        pool.ranges().forEach(range -> fresh.set(range.from(), range.to()));
        for (BitSet here : members) {
            here.and(fresh);
        }
        members.forEach(fresh::andNot);
        int[] counts = members.stream().mapToInt(BitSet::cardinality).toArray();
        for (int id = fresh.nextSetBit(0); id >= 0; id = fresh.nextSetBit(id + 1)) {
            int least = 0;
            for (int i = 1; i < counts.length; i++) {
                least = counts[i] < counts[least] ? i : least;
            }
            members.get(least).set(id);
            counts[least]++;
        }
    }

    ArrivalCounts counts() {
        ArrivalCounts sum = ArrivalCounts.NONE;
        for (ArrivalLine line : lines) {
            sum = sum.plus(line.counts());
        }
        return sum;
    }
}
