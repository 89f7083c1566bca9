package io.vikhry.cli.remote;

import com.fasterxml.jackson.databind.JsonNode;
import io.vikhry.cli.screen.Screen;
import io.vikhry.cli.screen.Table;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A run in words: the live line while it goes on, the summary when it has ended. */
public final class RunView {
    private RunView() {}

    /** {@code 00:12  50/50 users  512 req/s  p50 8.1 ms  p99 22 ms  0 errors  6,144 requests}. */
    public static String line(JsonNode test, JsonNode metrics) {
        JsonNode run = test.path("run");
        JsonNode totals = metrics.path("totals");
        JsonNode recent = totals.path("recent");
        JsonNode ms = recent.path("response_ms");
        long seconds = Math.round(run.path("elapsed_s").asDouble());
        String state = test.path("state").asText();
        if (state.equals("PREPARING")) {
            JsonNode prepare = run.path("prepare");
            long failed = prepare.path("resources_failed").asLong();
            return String.format(
                    Locale.ROOT,
                    "preparing: %d/%d workers, %d/%d resources" + (failed == 0 ? "" : ", " + failed + " failed"),
                    prepare.path("workers_ready").asInt(),
                    prepare.path("workers").asInt(),
                    prepare.path("resources_ready").asInt(),
                    prepare.path("resources").asInt());
        }
        return String.format(
                Locale.ROOT,
                "%s%s  %s%s  %s req/s  p50 %s ms  p99 %s ms  %s  %s",
                clock(seconds),
                state.equals("STOPPING") ? " stopping" : "",
                load(run),
                failedUsers(run),
                Table.rate(recent.path("rps").asDouble()),
                Table.millis(ms.path("p50").asDouble()),
                Table.millis(ms.path("p99").asDouble()),
                counted(totals.path("failures").asLong(), "error"),
                counted(totals.path("count").asLong(), "request"));
    }

    private static String counted(long number, String noun) {
        return Table.count(number) + " " + noun + (number == 1 ? "" : "s");
    }

    /** {@code 50/50 users}, or {@code 1,000/s  37 users  debt 12}. */
    private static String load(JsonNode run) {
        String users = Table.count(run.path("active_users").asLong());
        if (!run.path("model").asText().equals("rate")) {
            return users + "/" + Table.count(run.path("target_users").asLong()) + " users";
        }
        return Table.rate(run.path("target_rate").asDouble()) + "/s  " + users + " users  debt "
                + Table.count(run.path("arrivals").path("unstarted").asLong());
    }

    private static String failedUsers(JsonNode run) {
        long failed = run.path("failed_users").path("count").asLong();
        return failed == 0 ? "" : " (" + Table.count(failed) + " ended by an exception)";
    }

    /** Why users ended that were not to: {@code 20 users ended by an exception}, and a line for each reason. */
    private static List<String> failedUsers(JsonNode failed, Screen screen) {
        long count = failed.path("count").asLong();
        List<String> lines = new ArrayList<>();
        if (count > 0) {
            lines.add(screen.red(counted(count, "user") + " ended by an exception:"));
            failed.path("reasons")
                    .forEach(reason -> lines.add(
                            screen.red("  " + Table.count(reason.path("count").asLong()) + " × in "
                                    + reason.path("in").asText() + ": "
                                    + reason.path("message").asText())));
        }
        return lines;
    }

    /** A line for each probe: {@code probe queue  depth 12, open yes  (3 of 40 calls failed, last: …)}. */
    public static List<String> probes(JsonNode probes) {
        List<String> lines = new ArrayList<>();
        for (JsonNode probe : probes.path("probes")) {
            lines.add("probe " + probe.path("name").asText() + "  " + values(probe) + calls(probe));
        }
        return lines;
    }

    private static String values(JsonNode probe) {
        List<String> values = new ArrayList<>();
        for (JsonNode value : probe.path("values")) {
            String name = value.path("name").asText();
            values.add((name.equals("value") ? "" : name + " ") + value(value));
        }
        return String.join(", ", values);
    }

    private static String value(JsonNode value) {
        if (!value.path("last").isNumber()) {
            return "–";
        }
        double last = value.path("last").asDouble();
        return switch (value.path("type").asText()) {
            case "boolean" -> last == 0 ? "no" : "yes";
            case "duration" -> Table.millis(last) + " ms";
            default -> BigDecimal.valueOf(last).stripTrailingZeros().toPlainString();
        };
    }

    private static String calls(JsonNode probe) {
        long count = probe.path("count").asLong();
        if (count == 0) {
            return "  (not called yet)";
        }
        long failures = probe.path("failures").asLong();
        return failures == 0
                ? "  (" + counted(count, "call") + ")"
                : "  (" + Table.count(failures) + " of " + counted(count, "call") + " failed, last: "
                        + probe.path("last_error").asText() + ")";
    }

    /** What became of a run's arrivals. */
    private static String arrivals(JsonNode arrivals) {
        long missing = arrivals.path("missing").asLong();
        return "arrivals: " + Table.count(arrivals.path("intended").asLong()) + " intended, "
                + Table.count(arrivals.path("started").asLong()) + " started, "
                + Table.count(arrivals.path("completed").asLong()) + " completed, "
                + Table.count(arrivals.path("unstarted").asLong()) + " never started"
                + (missing == 0 ? "" : ", " + Table.count(missing) + " unknown (their worker was lost)");
    }

    /** {@code 01:05}. */
    static String clock(long seconds) {
        return String.format(Locale.ROOT, "%02d:%02d", seconds / 60, seconds % 60);
    }

    /** The table of a run's series, its total, its probes, and its most frequent errors. */
    public static List<String> summary(JsonNode metrics, JsonNode report, Screen screen) {
        Table table = new Table("series", "count", "per s", "errors", "p50", "p90", "p99", "p99.9", "max");
        List<JsonNode> rows = new ArrayList<>();
        metrics.path("rows").forEach(rows::add);
        for (String kind : List.of("REQUEST", "STEP", "FLOW", "CUSTOM", "WAIT", "LIFECYCLE")) {
            rows.stream()
                    .filter(r -> r.path("kind").asText().equals(kind))
                    .filter(r -> !kind.equals("LIFECYCLE") || r.path("failures").asLong() > 0)
                    .sorted((a, b) -> Long.compare(
                            b.path("count").asLong(), a.path("count").asLong()))
                    .forEach(r -> row(table, label(r), r));
        }
        row(table, "all requests", metrics.path("totals"));
        List<String> lines = new ArrayList<>(table.lines());
        lines.set(0, screen.bold(lines.getFirst()));
        lines.set(lines.size() - 1, screen.bold(lines.getLast()));
        lines.add(screen.dim("response times in ms, from the intended start"));
        if (report.path("arrivals").isObject()) {
            String text = arrivals(report.path("arrivals"));
            boolean owed = report.path("arrivals").path("unstarted").asLong()
                            + report.path("arrivals").path("missing").asLong()
                    > 0;
            lines.add(owed ? screen.red(text) : text);
        }
        lines.addAll(failedUsers(report.path("failed_users"), screen));
        lines.addAll(probes(report));
        int shown = 0;
        for (JsonNode error : report.path("errors")) {
            if (shown++ == 5) {
                lines.add("  … and more: see the report");
                break;
            }
            lines.add(screen.red("  " + Table.count(error.path("count").asLong()) + " × "
                    + error.path("series").asText() + ": " + error.path("code").asText() + " "
                    + error.path("message").asText().replaceAll("\\s+", " ")));
        }
        lines.addAll(verdict(report.path("verdict"), screen));
        return lines;
    }

    /** The verdict, with a line for each reason. */
    public static List<String> verdict(JsonNode verdict, Screen screen) {
        String level = verdict.path("level").asText();
        List<String> lines = new ArrayList<>();
        if (level.isEmpty()) {
            return lines;
        }
        boolean soFar = verdict.has("final") && !verdict.path("final").asBoolean();
        lines.add("verdict " + (soFar ? "so far " : "") + painted(level, level, screen));
        for (JsonNode reason : verdict.path("reasons")) {
            lines.add(painted(
                    reason.path("level").asText(), "  " + reason.path("text").asText(), screen));
        }
        return lines;
    }

    private static String painted(String level, String text, Screen screen) {
        return switch (level) {
            case "VALID" -> screen.green(text);
            case "SUSPECT" -> screen.yellow(text);
            default -> screen.red(text);
        };
    }

    private static String label(JsonNode row) {
        String name = row.path("name").asText();
        return row.path("kind").asText().matches("REQUEST|WAIT")
                ? name
                : row.path("kind").asText().toLowerCase(Locale.ROOT) + " " + name;
    }

    private static void row(Table table, String label, JsonNode row) {
        JsonNode ms = row.path("response_ms");
        long count = row.path("count").asLong();
        table.row(
                label,
                Table.count(count),
                Table.rate(row.path("rps").asDouble()),
                Table.errors(row.path("failures").asLong(), count),
                Table.millis(ms.path("p50").asDouble()),
                Table.millis(ms.path("p90").asDouble()),
                Table.millis(ms.path("p99").asDouble()),
                Table.millis(ms.path("p999").asDouble()),
                Table.millis(ms.path("max").asDouble()));
    }
}
