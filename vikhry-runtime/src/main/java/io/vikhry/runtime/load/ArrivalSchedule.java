package io.vikhry.runtime.load;

import java.util.List;
import java.util.SplittableRandom;

/**
 * When one part of a rate's arrivals is due: arrival after arrival, from the rate's integral and never from the clock, so that
 * whoever is late knows how late.
 *
 * <p>Let M(t) be the integral of the whole rate from t0 to t. Evenly spaced arrival k is due where M(t) = k, and belongs to the
 * part in whose piece of the unit interval the k-th multiple of the golden ratio falls, whole numbers left out. So each belongs
 * to exactly one part however unequal they are, all together are as even as one, and so is each part, nearly: at most three
 * different gaps (Sos, 1958). Poisson arrivals of a part are due where M(t) times the part's length has grown by a draw from the
 * exponential distribution of mean 1, which is a Poisson process whose rate follows the curve (time change; Cinlar, 1975). Not
 * safe for use by many threads.
 */
public final class ArrivalSchedule {
    /** What {@link #nextNanos} gives where nothing is due any more. */
    public static final long NEVER = Long.MAX_VALUE;

    /** Arrivals nearer to the end of a piece than this belong to the next one; far above the error of the sums. */
    private static final double EDGE = 1e-6;
    /** The golden ratio, in units of 2^-64. */
    private static final long GOLDEN = 0x9e3779b97f4a7c15L;

    private final Part part;
    private final SplittableRandom random;
    private List<LoadCurve.Piece> pieces;
    private int piece;
    /** Arrivals of the whole rate before the current piece. */
    private double before;
    /** Arrivals of the whole rate before the next one of this part. */
    private double due;

    /** The number of the next one among all evenly spaced ones. */
    private long number;

    /**
     * Whose arrivals they are: those of a piece of the unit interval.
     *
     * @param from where it begins, 0 or more
     * @param to where the next part begins, or 1
     * @param poisson whether they come at random; else evenly spaced
     */
    public record Part(double from, double to, boolean poisson) {
        /** All evenly spaced arrivals. */
        public static final Part ALL = new Part(0, 1, false);

        public Part {
            if (!(from >= 0 && from < to && to <= 1)) {
                throw new IllegalArgumentException("no part of a rate: " + from + " to " + to);
            }
        }

        /** Its length: the share of the whole rate. */
        public double share() {
            return to - from;
        }

        private boolean has(long number) {
            double place = (number * GOLDEN >>> 11) * 0x1p-53;
            return place >= from && place < to;
        }
    }

    /** The arrivals of {@code part} at or after {@code fromNanos} after t0; {@code random} is for Poisson arrivals. */
    public ArrivalSchedule(LoadCurve rate, Part part, long fromNanos, SplittableRandom random) {
        this.part = part;
        this.random = random;
        this.pieces = rate.pieces();
        double passed = rate.arrivalsUntil(Math.max(0, fromNanos));
        if (part.poisson) {
            due = passed + gap();
        } else {
            seek((long) Math.max(0, Math.ceil(passed - EDGE)));
        }
    }

    private void seek(long from) {
        number = from;
        while (!part.has(number)) {
            number++;
        }
        due = number;
    }

    /** Goes on with another rate, counting what has been due so far as due: what is owed under it comes next, at its time. */
    public void follow(LoadCurve rate) {
        pieces = rate.pieces();
        piece = 0;
        before = 0;
    }

    /** When the next arrival is due, in ns after t0; {@link #NEVER} if none is. Never less than the time before. */
    public long nextNanos() {
        while (piece < pieces.size()) {
            LoadCurve.Piece now = pieces.get(piece);
            double mass = now.arrivals();
            if (due - before < mass - EDGE) {
                return now.fromNanos() + Math.round(now.secondsTo(due - before) * 1e9);
            }
            before += mass;
            piece++;
        }
        return NEVER;
    }

    /** The one that {@link #nextNanos} told has come. */
    public void advance() {
        if (part.poisson) {
            due += gap();
        } else {
            seek(number + 1);
        }
    }

    private double gap() {
        return -Math.log(1 - random.nextDouble()) / part.share();
    }
}
