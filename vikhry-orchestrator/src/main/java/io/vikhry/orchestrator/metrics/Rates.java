package io.vikhry.orchestrator.metrics;

/** Rates with three decimals. */
public final class Rates {
    private Rates() {}

    /** {@code count} in {@code seconds}, per second; 0 before any time has passed. */
    public static double perSecond(long count, double seconds) {
        return seconds <= 0 ? 0 : thousandths(count / seconds);
    }

    /** {@code part} of {@code whole}, 0 to 1, with six decimals; 0 only of none or of nothing, 1 only of all. */
    public static double share(long part, long whole) {
        if (part <= 0 || part >= whole) {
            return part <= 0 || whole == 0 ? 0 : 1;
        }
        return Math.clamp(Math.round(1e6 * part / whole), 1, 999_999) / 1e6;
    }

    /** Rounded to three decimals. */
    public static double thousandths(double value) {
        return Math.round(value * 1000) / 1000.0;
    }
}
