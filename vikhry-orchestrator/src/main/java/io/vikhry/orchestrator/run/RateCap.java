package io.vikhry.orchestrator.run;

import io.vikhry.cluster.Assignment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How a run's limit of requests per second is dealt out to its workers, in whole requests that never add up to more than the
 * limit, also while they are dealt out anew.
 *
 * <p>What a worker is to have less is taken from it first. It may be given to others only when the worker has said that it
 * follows the assignment that says so, or its lease is over, and a second has passed since: a second of which the worker used
 * the begin by its old share then ends before another uses the rest.
 *
 * <pre>
 * a piece of the limit is   | it becomes                 | when
 * free                      | a worker's                 | that worker has less than it should
 * a worker's                | on its way back            | the worker has more than it should
 * a worker's, on its way    | cooling                    | the worker follows the assignment, or its lease is over
 * cooling                   | free                       | a second has passed
 * </pre>
 */
final class RateCap {
    private static final long COOLING_MILLIS = 1_000;
    /** In place of a worker's name. */
    private static final String EVERYONE = "";

    private final int limit;
    /** What the newest assignment says, by worker. */
    private final Map<String, Integer> given = new TreeMap<>();

    private final List<Withdrawn> onTheWay = new ArrayList<>();

    /** A piece that a worker is to give back with {@code version}, and when it has, or {@code null}. */
    private record Withdrawn(
            String workerId,
            int piece,
            long version,
            @Nullable Long sinceMillis) {
        Withdrawn back(long nowMillis) {
            return new Withdrawn(workerId, piece, version, nowMillis);
        }
    }

    /** Who can tell whether a piece was given back. */
    interface Witness {
        /** Whether the worker, or everyone for an empty name, follows that version of the assignment or has no lease any more. */
        boolean hasLetGo(String workerId, long version);
    }

    RateCap(int limit) {
        this.limit = limit;
    }

    /** The limit by weight: whole numbers that add up to it, at least 1 for everyone as long as that is possible. */
    static Map<String, Integer> deal(int limit, Map<String, Integer> weights) {
        Map<String, Integer> dealt = new TreeMap<>();
        Map<String, Double> remainders = new TreeMap<>();
        long sum = weights.values().stream().mapToLong(Integer::longValue).sum();
        int least = weights.size() <= limit ? 1 : 0;
        int rest = limit - least * weights.size();
        weights.forEach((id, weight) -> {
            double share = sum == 0 ? (double) rest / weights.size() : (double) rest * weight / sum;
            dealt.put(id, least + (int) share);
            remainders.put(id, share - Math.floor(share));
        });
        int left = limit - dealt.values().stream().mapToInt(Integer::intValue).sum();
        remainders.entrySet().stream()
                .sorted(Map.Entry.<String, Double>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(Math.max(0, left))
                .forEach(each -> dealt.merge(each.getKey(), 1, Integer::sum));
        return dealt;
    }

    /** What has been given already: by the plan, or by another orchestrator. */
    void take(Map<String, Integer> before) {
        given.putAll(before);
    }

    /**
     * Takes over what another orchestrator has dealt out by assignment {@code version}. What is not in it may have been somebody's
     * before: it is free when everyone follows that assignment.
     */
    void takeShares(Map<String, Assignment.Share> shares, long version) {
        given.clear();
        shares.forEach((id, share) -> {
            Integer part = share.maxRps();
            if (part != null) {
                given.put(id, part);
            }
        });
        int rest = limit - given.values().stream().mapToInt(Integer::intValue).sum();
        onTheWay.add(new Withdrawn(EVERYONE, rest, version, null));
    }

    /** A worker's part as of now. */
    int of(String workerId) {
        return given.getOrDefault(workerId, 0);
    }

    /**
     * Moves the pieces on, towards what the users' places ask for; whether there is something to assign.
     *
     * @param users how many users of the run each worker has
     * @param newest the version of the newest assignment; what changes here is said by the next
     */
    boolean settle(Map<String, Integer> users, Witness witness, long newest, long nowMillis) {
        onTheWay.replaceAll(
                w -> w.sinceMillis == null && witness.hasLetGo(w.workerId, w.version) ? w.back(nowMillis) : w);
        onTheWay.removeIf(w -> w.sinceMillis != null && nowMillis - w.sinceMillis >= COOLING_MILLIS);
        Map<String, Integer> wanted = deal(limit, users);
        boolean changed = false;
        for (Map.Entry<String, Integer> each : Map.copyOf(given).entrySet()) {
            int less = each.getValue() - wanted.getOrDefault(each.getKey(), 0);
            if (less > 0) {
                onTheWay.add(new Withdrawn(each.getKey(), less, newest + 1, null));
                given.merge(each.getKey(), -less, Integer::sum);
                changed = true;
            }
        }
        int free = limit
                - given.values().stream().mapToInt(Integer::intValue).sum()
                - onTheWay.stream().mapToInt(Withdrawn::piece).sum();
        for (Map.Entry<String, Integer> each : wanted.entrySet()) {
            int more = Math.min(free, each.getValue() - of(each.getKey()));
            if (more > 0) {
                given.merge(each.getKey(), more, Integer::sum);
                free -= more;
                changed = true;
            }
        }
        return changed;
    }
}
