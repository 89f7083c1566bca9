package io.vikhry.runtime.scenario;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as people write them: {@code 250ms}, {@code 1.5s}; units {@code us}, {@code ms}, {@code s}, {@code m}, {@code h}. */
public final class DurationText {
    private static final Pattern FORM = Pattern.compile("(\\d{1,18}(?:\\.\\d{1,9})?)\\s*(us|ms|s|m|h)");
    private static final String[] UNITS = {"h", "m", "s", "ms", "us"};

    private DurationText() {}

    /**
     * Reads a duration of 0 or more.
     *
     * @throws IllegalArgumentException if {@code text} is none; the message says what would be one
     */
    public static Duration parse(String text) {
        Matcher parts = FORM.matcher(text.strip());
        if (!parts.matches()) {
            throw new IllegalArgumentException("\"" + text
                    + "\" is no duration: write a number and a unit (us, ms, s, m, h), such as 250ms or 1.5s");
        }
        try {
            return Duration.ofNanos(new BigDecimal(parts.group(1))
                    .multiply(BigDecimal.valueOf(nanos(parts.group(2))))
                    .toBigInteger()
                    .longValueExact());
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("\"" + text + "\" is too long a duration", e);
        }
    }

    /** The shortest text that {@link #parse} reads as {@code duration}, which is a whole number of µs. */
    public static String format(Duration duration) {
        long nanos = duration.toNanos();
        for (String unit : UNITS) {
            if (nanos != 0 && nanos % nanos(unit) == 0) {
                return nanos / nanos(unit) + unit;
            }
        }
        return nanos == 0
                ? "0s"
                : BigDecimal.valueOf(nanos, 3).stripTrailingZeros().toPlainString() + "us";
    }

    private static long nanos(String unit) {
        return switch (unit) {
            case "us" -> 1_000L;
            case "ms" -> 1_000_000L;
            case "s" -> 1_000_000_000L;
            case "m" -> 60_000_000_000L;
            case "h" -> 3_600_000_000_000L;
            default -> throw new IllegalArgumentException("not a unit of time: " + unit);
        };
    }
}
