package io.vikhry.orchestrator.metrics;

import java.util.Arrays;

/** How many users were at work at the end of each second of a run that is too old for its timeline: four bytes of each. */
final class FormerUsers {
    /** Four months. */
    private static final int LONGEST_SECONDS = 10_000_000;

    private int[] users = {};
    private int seconds;

    /** Notes a second that begins so long after the run; one before its begin is of no second of it. */
    void note(long afterMillis, int active) {
        long second = Math.floorDiv(afterMillis, 1000L);
        if (second < 0 || second >= LONGEST_SECONDS) {
            return;
        }
        if (second >= users.length) {
            users = Arrays.copyOf(users, (int) Math.min(LONGEST_SECONDS, Math.max(second + 1, 2L * users.length)));
        }
        users[(int) second] = active;
        seconds = Math.max(seconds, (int) second + 1);
    }

    /**
     * Hands each to {@code each} that begins at {@code fromMillis} or later, of a run that began at {@code startMillis}, in order of
     * time.
     */
    void forEach(long startMillis, long fromMillis, UsersAt each) {
        long first = fromMillis <= startMillis ? 0 : Math.ceilDiv(fromMillis - startMillis, 1000L);
        for (int second = (int) Math.min(seconds, first); second < seconds; second++) {
            each.see(startMillis + second * 1000L, users[second]);
        }
    }
}
