package io.vikhry.cli.remote;

import com.fasterxml.jackson.databind.JsonNode;
import io.vikhry.cli.screen.Table;
import java.time.Duration;
import java.util.Locale;

/** Pools of resources in words and tables. */
public final class PoolView {
    private PoolView() {}

    /** The answer of {@code GET /api/v1/resources}. */
    public static String pools(JsonNode answer) {
        if (answer.path("pools").isEmpty()) {
            return "no pools: a start makes those of its scenario, as does `vikhry resource create POOL`";
        }
        Table table = new Table(
                "pool",
                "available",
                "leased",
                "waiting",
                "wait p95 ms",
                "exhausted",
                "reclaimed",
                "quarantined",
                "pending",
                "failed");
        for (JsonNode pool : answer.path("pools")) {
            table.row(
                    pool.path("pool").asText(),
                    count(pool, "available"),
                    count(pool, "leased"),
                    count(pool, "waiting"),
                    pool.path("wait_p95_ms").isNumber()
                            ? Table.millis(pool.path("wait_p95_ms").asDouble())
                            : "-",
                    count(pool, "exhausted"),
                    count(pool, "reclaimed"),
                    count(pool, "quarantined"),
                    count(pool, "pending"),
                    count(pool, "failed"));
        }
        return String.join("\n", table.lines());
    }

    /** A page of items. */
    public static String items(JsonNode page) {
        if (page.path("items").isEmpty()) {
            return "no such items in pool " + page.path("pool").asText();
        }
        Table table = new Table("id", "state", "for", "holder", "value or reason");
        long now = System.currentTimeMillis();
        for (JsonNode item : page.path("items")) {
            JsonNode holder = item.path("holder");
            table.row(
                    item.path("id").asText(),
                    item.path("state").asText().toLowerCase(Locale.ROOT),
                    item.path("since").isNumber() ? age(now - item.path("since").asLong()) : "-",
                    holder.isObject()
                            ? "user " + holder.path("user").asText() + " on "
                                    + holder.path("worker").asText()
                            : "-",
                    text(item));
        }
        String more = page.path("next").isNumber()
                ? "\nmore with --after " + page.path("next").asText()
                : "";
        return String.join("\n", table.lines()) + more;
    }

    /** How far the last order of a pool is. */
    public static String made(JsonNode pool) {
        String failed = pool.path("failed").asLong() == 0 ? "" : ", " + count(pool, "failed") + " failed";
        return "pool " + pool.path("pool").asText() + ": " + count(pool, "made") + " of " + count(pool, "ordered")
                + " items are made" + failed;
    }

    private static String text(JsonNode item) {
        String text = item.path("reason").isTextual()
                ? item.path("reason").asText()
                : item.path("value").toString();
        String line = text.replaceAll("\\s+", " ");
        return line.length() <= 100 ? line : line.substring(0, 99) + "…";
    }

    private static String age(long millis) {
        Duration age = Duration.ofMillis(Math.max(0, millis));
        return age.toHours() > 0
                ? age.toHours() + "h" + age.toMinutesPart() + "m"
                : age.toMinutes() > 0 ? age.toMinutes() + "m" + age.toSecondsPart() + "s" : age.toSeconds() + "s";
    }

    private static String count(JsonNode pool, String field) {
        return Table.count(pool.path(field).asLong());
    }
}
