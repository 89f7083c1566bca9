package io.vikhry.runtime.metrics;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The distinct errors of one interval, with their counts; one thread at a time. */
final class ErrorLog {
    static final int MOST = 20;
    private static final int MESSAGE_CHARS = 300;
    private static final int DETAIL_CHARS = 4_000;

    private record Distinct(String series, String step, String code, String message) {}

    private static final class Tally {
        final String detail;
        long count;

        Tally(String detail) {
            this.detail = detail;
        }
    }

    private final Map<Distinct, Tally> tallies = new LinkedHashMap<>();
    private long beyond;

    void add(String series, String step, String code, String message, String detail, long count) {
        Distinct distinct = new Distinct(series, step, code, cut(firstLine(message), MESSAGE_CHARS));
        Tally tally = tallies.get(distinct);
        if (tally == null) {
            if (tallies.size() >= MOST) {
                beyond += count;
                return;
            }
            tally = new Tally(cut(detail, DETAIL_CHARS));
            tallies.put(distinct, tally);
        }
        tally.count += count;
    }

    void addAll(ErrorLog other) {
        other.tallies.forEach((distinct, tally) ->
                add(distinct.series, distinct.step, distinct.code, distinct.message, tally.detail, tally.count));
        beyond += other.beyond;
    }

    long beyond() {
        return beyond;
    }

    List<ErrorSnapshot> snapshot() {
        List<ErrorSnapshot> errors = new ArrayList<>(tallies.size());
        tallies.forEach((distinct, tally) -> errors.add(new ErrorSnapshot(
                distinct.series, distinct.step, distinct.code, distinct.message, tally.detail, tally.count)));
        return errors;
    }

    private static String firstLine(String text) {
        int end = text.indexOf('\n');
        return (end < 0 ? text : text.substring(0, end)).strip();
    }

    private static String cut(String text, int chars) {
        return text.length() <= chars ? text : text.substring(0, chars - 1) + "…";
    }
}
