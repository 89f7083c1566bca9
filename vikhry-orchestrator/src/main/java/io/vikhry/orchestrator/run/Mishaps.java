package io.vikhry.orchestrator.run;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/**
 * What went wrong while a run was under way: workers that were lost, and times in which it was not led or not all of it was at
 * work. What happens again and again is added up, so that this stays small however long a run flaps.
 *
 * <p>The conductor's thread adds; any thread may read.
 */
final class Mishaps {
    /** Interruptions, before those that are alike are added up. */
    static final int KEPT = 100;

    /** Losses, before some are added up: when all of a large cluster's workers are cut off at once, each may be back and tell. */
    static final int LOSSES = 1_000;

    private final List<Course.Loss> losses = new CopyOnWriteArrayList<>();
    private volatile Course.Folded folded = Course.Folded.NONE;
    private final List<Interruption> interruptions = new CopyOnWriteArrayList<>();

    /** Takes over what the leader before has noted. */
    void take(Course course) {
        losses.addAll(course.losses());
        folded = course.folded();
        interruptions.addAll(course.interruptions());
    }

    /** Notes that a worker went before the run's end; the same lease is lost once. */
    void lost(Course.Loss loss) {
        if (losses.stream().noneMatch(l -> l.workerId().equals(loss.workerId()) && l.fence() == loss.fence())) {
            losses.add(loss);
        }
    }

    /**
     * Adds one of the losses up where there are too many: the oldest of which nothing is missing, else the oldest.
     *
     * @param tolls tells what each of them took, in their order
     */
    void fold(Supplier<List<Toll>> tolls) {
        if (losses.size() > LOSSES) {
            List<Toll> each = tolls.get();
            int settled = 0;
            while (settled < each.size() && !each.get(settled).settled()) {
                settled++;
            }
            int oldest = settled == each.size() ? 0 : settled;
            folded = folded.and(each.get(oldest));
            losses.remove(oldest);
        }
    }

    /** Notes a time in which the run was not led, or not all of it was at work. */
    void interrupted(Interruption fresh) {
        if (interruptions.size() >= KEPT) {
            for (int i = interruptions.size() - 1; i >= 0; i--) {
                if (interruptions.get(i).what().equals(fresh.what())) {
                    interruptions.set(i, interruptions.get(i).and(fresh));
                    return;
                }
            }
        }
        interruptions.add(fresh);
    }

    /** Leases that had users and were lost, in order of time, but for those that are folded. */
    List<Course.Loss> losses() {
        return List.copyOf(losses);
    }

    /** What other leases that were lost come to. */
    Course.Folded folded() {
        return folded;
    }

    /** Workers that were lost, and when that was seen last, in cluster time; but for those that are folded. */
    Map<String, Long> lostAt() {
        Map<String, Long> lost = new TreeMap<>();
        losses.forEach(loss -> lost.merge(loss.workerId(), loss.atMillis(), Math::max));
        return lost;
    }

    /** In order of time. */
    List<Interruption> interruptions() {
        return List.copyOf(interruptions);
    }
}
