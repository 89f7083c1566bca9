package io.vikhry.runtime.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Whether a generator can be believed, from its readings of the last seconds.
 *
 * <pre>
 * measure                                           lagging    saturated
 * busiest loop's busy share, least of three seconds    70 %         85 %
 * loop lag p99                                         5 ms        10 ms
 * collector pauses in the second                      20 ms        50 ms
 * process without CPU, or stopped, in the second      10 ms        50 ms
 * CPU of what its cgroup allows                        80 %         95 %
 * open files of what its limit allows                  80 %         95 %
 * ports to one server, of those there are              80 %         95 %
 * starts that are overdue, in two seconds running         1            -
 * </pre>
 *
 * <p>Loop lag, pauses and stops are added to each latency that is measured meanwhile: they bound how wrong a figure can be. The
 * others say that this is about to come. Overdue starts alone do not make latencies wrong, for they are shown as such.
 *
 * @param state the worst of all measures
 * @param reasons what is not in order, the worst first, in words with figures; empty if healthy
 */
public record Diagnosis(State state, List<String> reasons) {
    public Diagnosis {
        reasons = List.copyOf(reasons);
    }

    /** From good to bad. */
    public enum State {
        /** What it measures is the system under test. */
        HEALTHY,
        /** It begins to add to what it measures. */
        LAGGING,
        /** What it measures is in part itself. */
        SATURATED
    }

    /** One second's health, and the starts that were overdue at its end. */
    public record Reading(Health health, long debt) {}

    /**
     * Judges readings a second apart, oldest first.
     *
     * @param readings at least one; the last three count
     */
    public static Diagnosis of(List<Reading> readings) {
        List<Reading> recent = readings.subList(Math.max(0, readings.size() - 3), readings.size());
        Health now = recent.getLast().health();
        Findings found = new Findings();
        double busy = recent.size() < 3
                ? 0
                : recent.stream()
                        .mapToDouble(r -> r.health().loopUtilisation())
                        .min()
                        .orElse(0);
        found.percent("a loop is busy for", busy, 0.70, 0.85);
        found.millis("loop lag p99 is", now.loopLagP99Micros() / 1_000.0, 5, 10);
        found.millis("the collector paused it for", now.gcPauseMillis(), 20, 50);
        found.millis("it got no CPU for", now.stalledMillis(), 10, 50);
        found.percent("it uses of its CPU quota", now.cpu() / Math.max(0.001, now.cpuLimit()), 0.80, 0.95);
        found.percent(
                "it has open of its files",
                now.maxFiles() <= 0 ? 0 : (double) now.openFiles() / now.maxFiles(),
                0.80,
                0.95);
        found.percent("it holds of the ports to one server", now.portShare(), 0.80, 0.95);
        int last = recent.size();
        if (last > 1 && recent.get(last - 1).debt() > 0 && recent.get(last - 2).debt() > 0) {
            found.add(State.LAGGING, recent.getLast().debt() + " starts are overdue");
        }
        return found.diagnosis();
    }

    private static final class Findings {
        private final List<String> saturated = new ArrayList<>();
        private final List<String> lagging = new ArrayList<>();

        void percent(String what, double share, double lagging, double saturated) {
            grade(share, lagging, saturated, what + " " + Math.round(100 * share) + " %");
        }

        void millis(String what, double ms, double lagging, double saturated) {
            grade(ms, lagging, saturated, what + " " + String.format(Locale.ROOT, "%.0f", ms) + " ms");
        }

        private void grade(double value, double laggingFrom, double saturatedFrom, String text) {
            if (value >= saturatedFrom) {
                add(State.SATURATED, text);
            } else if (value >= laggingFrom) {
                add(State.LAGGING, text);
            }
        }

        void add(State state, String text) {
            (state == State.SATURATED ? saturated : lagging).add(text);
        }

        Diagnosis diagnosis() {
            State state = !saturated.isEmpty() ? State.SATURATED : !lagging.isEmpty() ? State.LAGGING : State.HEALTHY;
            List<String> reasons = new ArrayList<>(saturated);
            reasons.addAll(lagging);
            return new Diagnosis(state, reasons);
        }
    }
}
