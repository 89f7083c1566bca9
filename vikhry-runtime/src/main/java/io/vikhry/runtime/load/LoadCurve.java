package io.vikhry.runtime.load;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * The function f(t) of a run's load: users, or arrivals per second, over ms since its t0. It is piecewise linear: 0 before the
 * first stage; each stage then moves in a straight line from where the curve was to its target, and holds it until the next
 * stage. Immutable and without side effects, so each worker computes by itself what another would.
 */
public final class LoadCurve {
    /** No load, ever. */
    public static final LoadCurve ZERO = new LoadCurve(List.of());

    private static final long MILLI = 1_000_000;

    private final List<Stage> stages;
    /** Where the curve is when stage i begins. */
    private final double[] from;

    private LoadCurve(List<Stage> stages) {
        this.stages = List.copyOf(stages);
        this.from = new double[this.stages.size()];
        long last = 0;
        for (int i = 0; i < from.length; i++) {
            Stage stage = this.stages.get(i);
            if (stage.atMillis < last) {
                throw new IllegalArgumentException(
                        "load stages must ascend in time: " + stage.atMillis + " ms comes after " + last + " ms");
            }
            last = stage.atMillis;
            from[i] = i == 0 ? 0 : value(i - 1, stage.atMillis);
        }
    }

    /** The curve of {@code stages}, ascending by {@link Stage#atMillis}; of two at the same time the later one rules. */
    public static LoadCurve of(List<Stage> stages) {
        return stages.isEmpty() ? ZERO : new LoadCurve(stages);
    }

    /** The same load from t0 on, for ever. */
    public static LoadCurve constant(double target) {
        return of(List.of(new Stage(0, target, 0)));
    }

    /** The stages, ascending. */
    public List<Stage> stages() {
        return stages;
    }

    /** f(t), 0 or more; continuous from the right, so a jump has happened at its own ms. */
    public double at(long millis) {
        int stage = stageAt(millis);
        return stage < 0 ? 0 : value(stage, millis);
    }

    /** How many users are wanted at {@code millis}: user {@code i} is wanted while {@code i < f(t)}, hence f(t) rounded up. */
    public int usersAt(long millis) {
        return (int) Math.min(Integer.MAX_VALUE, Math.ceil(at(millis)));
    }

    /** The first ms after {@code millis} at which {@link #usersAt} differs from what it is now, or -1 if it stays for ever. */
    public long nextChangeMillis(long millis) {
        int now = usersAt(millis);
        return first(millis, users -> users != now);
    }

    /** The inverse: the first ms at or after {@code fromMillis} at which user {@code vu} is wanted, or -1 if it never is. */
    public long wantedFrom(int vu, long fromMillis) {
        return first(fromMillis, users -> users > vu);
    }

    /** The inverse: the first ms at or after {@code fromMillis} at which user {@code vu} is not wanted, or -1 if it always is. */
    public long unwantedFrom(int vu, long fromMillis) {
        return first(fromMillis, users -> users <= vu);
    }

    /** The largest number of users ever wanted. */
    public int peakUsers() {
        double peak = 0;
        for (int i = 0; i < stages.size(); i++) {
            long begin = stages.get(i).atMillis;
            peak = Math.max(peak, Math.max(at(begin), at(Math.max(begin, lastOf(i)))));
        }
        return (int) Math.min(Integer.MAX_VALUE, Math.ceil(peak));
    }

    /** As a rate: how many arrivals are due before {@code nanos} after t0; the integral of f. */
    public double arrivalsUntil(long nanos) {
        double arrivals = 0;
        for (Piece piece : pieces()) {
            if (nanos <= piece.fromNanos()) {
                break;
            }
            arrivals += piece.arrivalsIn((Math.min(nanos, piece.toNanos) - piece.fromNanos) / 1e9);
        }
        return arrivals;
    }

    /** The curve as straight lines without gaps, ascending; the last one has no end. */
    List<Piece> pieces() {
        List<Piece> pieces = new ArrayList<>();
        for (int i = 0; i < stages.size(); i++) {
            Stage stage = stages.get(i);
            long end = i + 1 < stages.size() ? stages.get(i + 1).atMillis : Long.MAX_VALUE;
            long arrived = Math.min(end, stage.atMillis + stage.rampMillis);
            if (arrived > stage.atMillis) {
                double slope = (stage.target - from[i]) / (stage.rampMillis / 1e3);
                pieces.add(new Piece(stage.atMillis * MILLI, arrived * MILLI, from[i], slope));
            }
            if (end > arrived) {
                long until = end == Long.MAX_VALUE ? end : end * MILLI;
                pieces.add(new Piece(arrived * MILLI, until, stage.target, 0));
            }
        }
        return pieces;
    }

    /**
     * The first ms from {@code fromMillis} on at which {@code wanted} holds, or -1. Each piece of the curve is monotone, so a
     * condition that is false where a piece begins and true where it ends turns once within it, and halving finds where.
     */
    private long first(long fromMillis, IntPredicate wanted) {
        if (wanted.test(usersAt(fromMillis))) {
            return fromMillis;
        }
        for (int i = Math.max(0, stageAt(fromMillis)); i < stages.size(); i++) {
            long begin = Math.max(fromMillis, stages.get(i).atMillis);
            if (i + 1 < stages.size() && begin >= stages.get(i + 1).atMillis) {
                continue;
            }
            long end = lastOf(i);
            if (wanted.test(usersAt(begin))) {
                return begin;
            }
            if (end > begin && wanted.test(usersAt(end))) {
                long low = begin;
                long high = end;
                while (high - low > 1) {
                    long mid = low + (high - low) / 2;
                    if (wanted.test(usersAt(mid))) {
                        high = mid;
                    } else {
                        low = mid;
                    }
                }
                return high;
            }
        }
        return -1;
    }

    /** The last ms at which stage {@code i} moves the curve: when it has arrived, or the next stage is about to begin. */
    private long lastOf(int i) {
        Stage stage = stages.get(i);
        long arrived = stage.atMillis + stage.rampMillis;
        return i + 1 < stages.size() ? Math.min(arrived, stages.get(i + 1).atMillis - 1) : arrived;
    }

    private int stageAt(long millis) {
        int low = 0;
        int high = stages.size();
        while (low < high) {
            int mid = (low + high) >>> 1;
            if (stages.get(mid).atMillis <= millis) {
                low = mid + 1;
            } else {
                high = mid;
            }
        }
        return low - 1;
    }

    private double value(int i, long millis) {
        Stage stage = stages.get(i);
        long since = millis - stage.atMillis;
        if (since >= stage.rampMillis) {
            return stage.target;
        }
        return from[i] + (stage.target - from[i]) * since / stage.rampMillis;
    }

    /**
     * A straight line of the curve, taken as a rate.
     *
     * @param fromNanos where it begins, in ns after t0
     * @param toNanos where the next one begins, or {@link Long#MAX_VALUE}
     * @param rate arrivals per second where it begins
     * @param slope how much the rate changes in a second
     */
    record Piece(long fromNanos, long toNanos, double rate, double slope) {
        /** Arrivals in all of it. */
        double arrivals() {
            return toNanos == Long.MAX_VALUE
                    ? (rate > 0 ? Double.POSITIVE_INFINITY : 0)
                    : arrivalsIn((toNanos - fromNanos) / 1e9);
        }

        double arrivalsIn(double seconds) {
            return (rate + slope * seconds / 2) * seconds;
        }

        /** How long until so many have come: the root of the quadratic in the form that also holds without a slope. */
        double secondsTo(double arrivals) {
            return arrivals <= 0
                    ? 0
                    : 2 * arrivals / (rate + Math.sqrt(Math.max(0, rate * rate + 2 * slope * arrivals)));
        }
    }

    /**
     * A piece of the curve.
     *
     * @param atMillis when it begins, in ms after t0; 0 or more
     * @param target where it goes; finite, 0 or more
     * @param rampMillis how long the way there takes; 0 jumps
     */
    public record Stage(long atMillis, double target, long rampMillis) {
        public Stage {
            if (atMillis < 0 || rampMillis < 0 || !(target >= 0) || Double.isInfinite(target)) {
                throw new IllegalArgumentException(
                        "not a load stage: at " + atMillis + " ms, target " + target + ", ramp " + rampMillis + " ms");
            }
        }
    }
}
