package io.vikhry.cli.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What came of each fault, as a table for people: printed, and written to the documentation if that is asked for. Its rows are kept
 * in a file, so that the faults may be tried in pieces; one that is tried again has a new row. Nothing is documented of a schedule
 * of which something has failed.
 */
final class FaultTable {
    private static final String BEGIN = "<!-- faults: written by FaultScheduleIT -->";
    private static final String END = "<!-- /faults -->";

    private final Path kept;
    private final SortedMap<String, String> rows = new TreeMap<>();
    private final SortedSet<String> failed = new TreeSet<>();

    FaultTable(Path kept) {
        this.kept = kept;
    }

    /** A row at the place of {@code key} in the order of keys. */
    void add(String key, String fault, double seconds, Auditor.Account account, JsonNode verdict, Set<String> named) {
        rows.put(
                key,
                String.format(
                        Locale.ROOT,
                        "| %s | %s | %,d | %,d | %,d | %,d | %,d | %s |",
                        fault,
                        Double.isNaN(seconds) ? "–" : String.format(Locale.ROOT, "%.1f", seconds),
                        account.target(),
                        account.reported(),
                        account.missing(),
                        account.declared(),
                        account.atMost(),
                        words(verdict, named)));
    }

    /** It did not hold, so what is known of it is no row. */
    void failed(String key) {
        failed.add(key);
    }

    /** It held, though it may not have when it was tried before. */
    void held(String key) {
        failed.remove(key);
    }

    /** The level, and the reason that names the fault; else the first. */
    private static String words(JsonNode verdict, Set<String> named) {
        String text = "";
        for (JsonNode reason : verdict.path("reasons")) {
            if (named.contains(reason.path("code").asText()) || (text.isEmpty() && named.isEmpty())) {
                text = ": " + reason.path("text").asText();
                break;
            }
        }
        return verdict.path("level").asText() + text.replace('|', '/');
    }

    /** Adds the rows of earlier tries that were not tried again, and keeps them all. */
    void keep() throws IOException {
        for (String line : Files.exists(kept) ? Files.readAllLines(kept) : List.<String>of()) {
            int tab = line.indexOf('\t');
            rows.putIfAbsent(line.substring(0, tab), line.substring(tab + 1));
        }
        rows.keySet().removeAll(failed);
        List<String> lines = new ArrayList<>();
        rows.forEach((key, row) -> lines.add(key + "\t" + row));
        Files.createDirectories(kept.getParent());
        Files.write(kept, lines);
    }

    @Override
    public String toString() {
        return """
                | what was done | whole again after, s | requests at the target | reported | missing | declared missing | at most | verdict |
                |---|---|---|---|---|---|---|---|
                """ + String.join("\n", rows.values()) + "\n";
    }

    /** Puts the table between its marks in {@code page}. */
    void writeTo(Path page) throws IOException {
        if (!failed.isEmpty()) {
            System.out.println(page + " is left as it is: not all of the schedule held, but for " + failed);
            return;
        }
        String text = Files.readString(page);
        int from = text.indexOf(BEGIN);
        int to = text.indexOf(END);
        if (from < 0 || to < from) {
            throw new IllegalStateException(page + " has no place for the table: " + BEGIN + " … " + END);
        }
        Files.writeString(page, text.substring(0, from + BEGIN.length()) + "\n" + this + text.substring(to));
    }
}
