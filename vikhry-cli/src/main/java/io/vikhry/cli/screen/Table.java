package io.vikhry.cli.screen;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A table of text: the first column to the left, the others, which are numbers, to the right. */
public final class Table {
    private final List<List<String>> rows = new ArrayList<>();

    /** A table with these headings. */
    public Table(String... headings) {
        rows.add(List.of(headings));
    }

    /** Adds a row; as many cells as there are headings. */
    public Table row(String... cells) {
        rows.add(List.of(cells));
        return this;
    }

    /** Its lines, the headings first. */
    public List<String> lines() {
        int columns = rows.getFirst().size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < columns; i++) {
                String padding = " ".repeat(widths[i] - row.get(i).length());
                line.append(i == 0 ? "" : "  ").append(i == 0 ? row.get(i) + padding : padding + row.get(i));
            }
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }

    /** {@code 12,345}. */
    public static String count(long n) {
        return String.format(Locale.ROOT, "%,d", n);
    }

    /** A latency in ms with as many decimals as it deserves. */
    public static String millis(double ms) {
        return String.format(Locale.ROOT, ms < 10 ? "%.2f" : ms < 100 ? "%.1f" : "%,.0f", ms);
    }

    /** A rate per second. */
    public static String rate(double perSecond) {
        return String.format(Locale.ROOT, perSecond < 10 ? "%.2f" : "%,.1f", perSecond);
    }

    /** {@code 12 (0.31 %)}, or {@code 0}. */
    public static String errors(long failures, long total) {
        return failures == 0
                ? "0"
                : count(failures) + String.format(Locale.ROOT, " (%.2f %%)", 100.0 * failures / Math.max(1, total));
    }
}
