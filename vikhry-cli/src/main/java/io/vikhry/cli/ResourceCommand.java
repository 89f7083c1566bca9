package io.vikhry.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vikhry.cli.remote.Api;
import io.vikhry.cli.remote.PoolView;
import io.vikhry.cli.screen.Screen;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Lists, makes, deletes and resets pools of resources. */
@Command(
        name = "resource",
        description = "Lists, makes, deletes and resets the pools of resources of an orchestrator's cluster.",
        mixinStandardHelpOptions = true)
final class ResourceCommand implements Runnable {
    private static final int MAX_ITEMS = 1_000_000;
    private static final int MAX_PAGE = 1_000;
    private static final Pattern POOL = Pattern.compile("(?!\\.{1,2}$)[A-Za-z0-9_.:-]{1,128}");
    private static final Pattern ITEM = Pattern.compile("[1-9][0-9]{0,17}");
    private static final List<String> STATES = List.of("available", "leased", "quarantined", "pending", "failed");
    private static final Duration LOOK = Duration.ofMillis(500);

    @Spec
    @Nullable CommandSpec spec;

    @Override
    public void run() {
        throw Options.missingCommand(spec);
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists the pools, or the items of one.")
    int list(
            @Parameters(arity = "0..1", paramLabel = "POOL", description = "Default: all pools, without their items.")
                    @Nullable String pool,
            @Option(
                            names = "--state",
                            paramLabel = "STATE",
                            description = "Only items that are: available, leased, quarantined, pending, failed.")
                    @Nullable String state,
            @Option(
                            names = "--after",
                            paramLabel = "ID",
                            defaultValue = "0",
                            description = "Only items with higher ids. Default: ${DEFAULT-VALUE}")
                    long after,
            @Option(
                            names = "--limit",
                            paramLabel = "N",
                            defaultValue = "100",
                            description = "At most so many items, 1 to 1000. Default: ${DEFAULT-VALUE}")
                    int limit,
            @Mixin Inquiry orchestrator) {
        if (limit < 1 || limit > MAX_PAGE) {
            throw Failure.usage("--limit must be 1 to " + MAX_PAGE + ", not " + limit);
        }
        if (after < 0) {
            throw Failure.usage("--after must be 0 or an item's id, not " + after);
        }
        if (state != null && !STATES.contains(state)) {
            throw Failure.usage("--state must be one of " + String.join(", ", STATES) + ", not \"" + state + "\"");
        }
        if (pool == null) {
            if (state != null || after > 0) {
                throw Failure.usage("--state and --after are of items: say of which pool");
            }
            return orchestrator.ask(api -> api.get("/api/v1/resources"), PoolView::pools);
        }
        String query = "?after=" + after + "&limit=" + limit + (state == null ? "" : "&state=" + state);
        return orchestrator.ask(api -> api.get(path(pool) + "/items" + query), PoolView::items);
    }

    @Command(
            name = "create",
            mixinStandardHelpOptions = true,
            description = "Has the scenario's factory make items, beside those that there are.")
    int create(
            @Parameters(paramLabel = "POOL") String pool,
            @Option(names = "--count", paramLabel = "N", defaultValue = "1", description = "Default: ${DEFAULT-VALUE}")
                    int count,
            @Mixin Options.Params params,
            @Option(names = "--wait", description = "Return when all are made.") boolean wait,
            @Mixin Inquiry orchestrator) {
        require(count, 1);
        ObjectNode body = body(count, params).put("pool", pool);
        return order(pool, "/api/v1/resources", body, wait, orchestrator);
    }

    @Command(
            name = "ensure",
            mixinStandardHelpOptions = true,
            description = "Has the scenario's factory make as many items as a pool lacks.")
    int ensure(
            @Parameters(paramLabel = "POOL") String pool,
            @Option(names = "--count", required = true, paramLabel = "N", description = "How many there must be.")
                    int count,
            @Mixin Options.Params params,
            @Option(names = "--wait", description = "Return when all are made.") boolean wait,
            @Mixin Inquiry orchestrator) {
        require(count, 0);
        return order(pool, path(pool) + "/ensure", body(count, params), wait, orchestrator);
    }

    private static int order(String pool, String path, ObjectNode body, boolean wait, Inquiry orchestrator) {
        return orchestrator.ask(
                api -> {
                    JsonNode answer = api.post(path, body);
                    return wait && answer.path("ordered").asInt() > 0 ? await(api, pool) : answer;
                },
                answer -> wait && answer.has("made")
                        ? PoolView.made(answer)
                        : "pool " + pool + ": " + answer.path("ordered").asInt()
                                + " items are being made; see `vikhry resource list`");
    }

    private static JsonNode await(Api api, String pool) {
        Screen screen = Screen.standard();
        Interrupt.watch();
        JsonNode now = api.get(path(pool));
        while (now.path("pending").asLong() > 0) {
            if (screen.terminal()) {
                screen.live(PoolView.made(now));
            }
            if (Interrupt.sleep(LOOK)) {
                throw Failure.interrupted();
            }
            now = api.get(path(pool));
        }
        screen.clear();
        if (now.path("failed").asLong() > 0) {
            JsonNode first = api.get(path(pool) + "/items?state=failed&limit=1")
                    .path("items")
                    .path(0);
            throw Failure.environment(PoolView.made(now) + "; item "
                    + first.path("id").asText() + ": " + first.path("reason").asText());
        }
        return now;
    }

    @Command(
            name = "delete",
            mixinStandardHelpOptions = true,
            description = "Deletes a pool with its items, or one item. What it stands for is not touched.")
    int delete(
            @Parameters(paramLabel = "POOL") String pool,
            @Option(names = "--item", paramLabel = "ID", description = "Only this item.") @Nullable String item,
            @Option(names = "--force", description = "Also what users hold.") boolean force,
            @Mixin Inquiry orchestrator) {
        String path = (item == null ? path(pool) : path(pool, item)) + (force ? "?force=true" : "");
        return orchestrator.ask(
                api -> api.delete(path),
                answer -> (item == null ? "pool " + pool : "item " + item + " of pool " + pool) + " is deleted");
    }

    @Command(
            name = "reset",
            mixinStandardHelpOptions = true,
            description = "Makes all items of a pool available: ends leases and quarantines.")
    int reset(
            @Parameters(paramLabel = "POOL") String pool,
            @Option(names = "--force", description = "Also while a run is on.") boolean force,
            @Mixin Inquiry orchestrator) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("force", force);
        return orchestrator.ask(
                api -> api.post(path(pool) + "/reset", body), answer -> "all items of pool " + pool + " are available");
    }

    @Command(name = "quarantine", mixinStandardHelpOptions = true, description = "Takes an item out of use.")
    int quarantine(
            @Parameters(paramLabel = "POOL") String pool,
            @Option(names = "--item", required = true, paramLabel = "ID") String item,
            @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "For people.")
                    String reason,
            @Mixin Inquiry orchestrator) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("reason", reason);
        return orchestrator.ask(
                api -> api.post(path(pool, item) + "/quarantine", body),
                answer -> "item " + item + " of pool " + pool + " is out of use");
    }

    @Command(
            name = "restore",
            mixinStandardHelpOptions = true,
            description = "Takes a quarantined item into use again.")
    int restore(
            @Parameters(paramLabel = "POOL") String pool,
            @Option(names = "--item", required = true, paramLabel = "ID") String item,
            @Mixin Inquiry orchestrator) {
        return orchestrator.ask(
                api -> api.post(path(pool, item) + "/restore", JsonNodeFactory.instance.objectNode()),
                answer -> "item " + item + " of pool " + pool + " is available again");
    }

    private static ObjectNode body(int count, Options.Params params) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("count", count);
        if (!params.values.isEmpty()) {
            params.values.forEach(body.putObject("params")::put);
        }
        return body;
    }

    private static void require(int count, int least) {
        if (count < least || count > MAX_ITEMS) {
            throw Failure.usage("--count must be " + least + " to " + MAX_ITEMS + ", not " + count);
        }
    }

    private static String path(String pool) {
        if (!POOL.matcher(pool).matches()) {
            throw Failure.usage("\"" + pool + "\" is no name for a pool: use 1 to 128 letters, digits and _ . : -");
        }
        return "/api/v1/resources/" + pool;
    }

    private static String path(String pool, String item) {
        if (!ITEM.matcher(item).matches()) {
            throw Failure.usage("--item must be the id of an item, a whole number from 1, not \"" + item + "\"");
        }
        return path(pool) + "/items/" + item;
    }
}
