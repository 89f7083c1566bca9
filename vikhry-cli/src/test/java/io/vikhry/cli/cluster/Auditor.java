package io.vikhry.cli.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Judges a run from the outside, by what its target has seen: what must hold whatever was done to the run. It takes nothing from
 * vikhry but the report, and holds that against the target.
 */
final class Auditor {
    /** What may be lost beside what is estimated, for the rounding of a rate. */
    private static final double SLACK = 0.25;

    private final CountingTarget target;

    Auditor(CountingTarget target) {
        this.target = target;
    }

    /**
     * What came of the requests of a run.
     *
     * @param target that the target has seen
     * @param reported that the report counts
     * @param unanswered of these, that ended without an answer: the target may not have seen them
     * @param declared that are missing, by the report, about
     * @param atMost that are missing, by the report
     */
    record Account(long target, long reported, long unanswered, long declared, long atMost) {
        /** Requests that the target has seen and the report does not count. */
        long missing() {
            return target - reported;
        }
    }

    Account account(JsonNode report) {
        long unanswered = 0;
        for (Map.Entry<String, JsonNode> code : report.path("by_code").properties()) {
            unanswered += code.getKey().matches("\\d+") ? 0 : code.getValue().asLong();
        }
        JsonNode completeness = report.path("completeness");
        return new Account(
                target.total(),
                report.path("total_requests").asLong(),
                unanswered,
                completeness.path("missing_requests").asLong(),
                completeness.path("missing_requests_at_most").asLong());
    }

    /**
     * Each breach of a promise, in words.
     *
     * @param users the most that were ever asked for
     * @param unheard whether a worker may have died that worked on after it could not be heard any more: then nobody can tell how
     *     much it did, only how much it could have done at most
     */
    List<String> breaches(JsonNode report, int users, boolean unheard) {
        List<String> breaches = new ArrayList<>(target.faults());
        int most = mostAtOnce();
        if (most > users || target.highestUser() >= users) {
            breaches.add(most + " users were at work at once, up to number " + target.highestUser() + ", of " + users);
        }
        Account account = account(report);
        boolean tooMany = account.missing() > account.atMost()
                || (!unheard && account.missing() > account.declared() * (1 + SLACK) + users);
        if (tooMany || account.missing() < -account.unanswered()) {
            breaches.add("the target's count is not what was reported and declared missing: " + account);
        }
        if (report.path("verdict").path("level").asText().isEmpty()
                || report.path("stop_reason").asText().isEmpty()) {
            breaches.add("the run has no verdict, or no reason for its end");
        }
        return breaches;
    }

    /** The most lives of users that overlap: from the first request of each to its last. */
    private int mostAtOnce() {
        Map<String, long[]> lives = new HashMap<>();
        for (CountingTarget.Seen seen : target.all()) {
            if (seen.vu() >= 0) {
                lives.computeIfAbsent(seen.life(), life -> new long[] {seen.nanos(), 0})[1] = seen.nanos();
            }
        }
        TreeMap<Long, Integer> changes = new TreeMap<>();
        lives.values().forEach(life -> {
            changes.merge(life[0], 1, Integer::sum);
            changes.merge(life[1] + 1, -1, Integer::sum);
        });
        int now = 0;
        int most = 0;
        for (int change : changes.values()) {
            now += change;
            most = Math.max(most, now);
        }
        return most;
    }
}
