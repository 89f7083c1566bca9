package io.vikhry.cluster;

import com.fasterxml.jackson.databind.util.StdConverter;
import java.util.ArrayList;
import java.util.List;

/**
 * Ranges of user numbers as one text: {@code gap+size}, or {@code gap+size*times} where the same comes several times, with commas
 * between. Users are dealt out in turns, so a worker's hundreds of ranges are some dozens of such words: a thousand workers with a
 * million users have some hundred bytes each.
 */
public final class RangeText {
    /** More ranges than a worker ever has; keeps a forged text from taking memory. */
    private static final int MOST = 1_000_000;

    private RangeText() {}

    /** Writes the ranges of a JSON field. */
    public static final class Writer extends StdConverter<List<VuRange>, String> {
        @Override
        public String convert(List<VuRange> ranges) {
            return write(ranges);
        }
    }

    /** Reads them. */
    public static final class Reader extends StdConverter<String, List<VuRange>> {
        @Override
        public List<VuRange> convert(String text) {
            return read(text);
        }
    }

    static String write(List<VuRange> ranges) {
        StringBuilder text = new StringBuilder();
        int end = 0;
        int next = 0;
        while (next < ranges.size()) {
            int gap = ranges.get(next).from() - end;
            int size = ranges.get(next).size();
            int times = 0;
            while (next < ranges.size()
                    && ranges.get(next).from() - end == gap
                    && ranges.get(next).size() == size) {
                end = ranges.get(next).to();
                times++;
                next++;
            }
            text.append(text.isEmpty() ? "" : ",").append(gap).append('+').append(size);
            if (times > 1) {
                text.append('*').append(times);
            }
        }
        return text.toString();
    }

    static List<VuRange> read(String text) {
        List<VuRange> ranges = new ArrayList<>();
        int end = 0;
        int at = 0;
        while (at < text.length()) {
            int comma = text.indexOf(',', at);
            int stop = comma < 0 ? text.length() : comma;
            int plus = text.indexOf('+', at);
            int star = text.indexOf('*', at);
            int sized = star < 0 || star > stop ? stop : star;
            if (plus < 0 || plus > sized) {
                throw new IllegalArgumentException("no range of users: " + text.substring(at, stop));
            }
            int gap = Integer.parseInt(text, at, plus, 10);
            int size = Integer.parseInt(text, plus + 1, sized, 10);
            int times = sized == stop ? 1 : Integer.parseInt(text, sized + 1, stop, 10);
            if (times > MOST - ranges.size()) {
                throw new IllegalArgumentException("more than " + MOST + " ranges of users");
            }
            for (int i = 0; i < times; i++) {
                int from = Math.addExact(end, gap);
                end = Math.addExact(from, size);
                ranges.add(new VuRange(from, end));
            }
            at = stop + 1;
        }
        return ranges;
    }
}
