package io.vikhry.orchestrator.run;

import io.vikhry.cluster.VuRange;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What would have to change hands if all users were dealt out anew: they are gone through in their order, and each stays where it
 * is unless its worker is ahead of the one that has least by more than a little. So few move, and those are taken from all over a
 * worker's numbers.
 */
final class Redeal {
    /** How far ahead a worker may be and still keep a piece, as a part of what it has. */
    private static final double SLACK = 1.0 / 64;

    private final Map<String, List<VuRange>> taken = new HashMap<>();

    Redeal(Map<String, Holding> holdings, List<Shares.Holder> live, int size) {
        Map<String, Holding> anew = new HashMap<>();
        live.forEach(holder -> anew.put(holder.workerId(), new Holding(holder.fence(), holder.capacity())));
        List<Owned> all = new ArrayList<>();
        holdings.forEach((id, holding) -> holding.ranges.forEach(range -> all.add(new Owned(id, range))));
        all.sort(Comparator.comparingInt(owned -> owned.range.from()));
        Pieces pieces = new Pieces(0, size, live.size());
        for (Owned owned : all) {
            Holding owner = anew.get(owned.workerId);
            int from = owned.range.from();
            while (from < owned.range.to()) {
                int piece = pieces.next(owned.range.to() - from);
                VuRange part = new VuRange(from, from + piece);
                Holding least = least(anew, piece);
                if (owner == null) {
                    // Its worker leaves, and will let go of it by itself.
                } else if (owner.load(piece) <= least.load(piece) + owner.load(0) * SLACK + 1e-9) {
                    owner.add(part);
                } else {
                    least.add(part);
                    add(taken.computeIfAbsent(owned.workerId, id -> new ArrayList<>()), part);
                }
                pieces.dealt(piece);
                from += piece;
            }
        }
    }

    /** The users that their workers are to let go of, by worker, ascending. */
    Map<String, List<VuRange>> taken() {
        return taken;
    }

    private static Holding least(Map<String, Holding> anew, int piece) {
        Holding least = null;
        for (Holding holding : anew.values()) {
            if (least == null || holding.load(piece) < least.load(piece)) {
                least = holding;
            }
        }
        if (least == null) {
            throw new IllegalStateException("no worker to deal users to");
        }
        return least;
    }

    private static void add(List<VuRange> ranges, VuRange range) {
        int last = ranges.size() - 1;
        if (last >= 0 && ranges.get(last).to() == range.from()) {
            ranges.set(last, new VuRange(ranges.get(last).from(), range.to()));
        } else {
            ranges.add(range);
        }
    }

    private record Owned(String workerId, VuRange range) {}
}
