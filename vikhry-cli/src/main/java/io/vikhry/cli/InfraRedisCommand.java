package io.vikhry.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vikhry.cli.local.Home;
import io.vikhry.cli.local.Infra;
import io.vikhry.cli.screen.Screen;
import io.vikhry.redis.LocalRedis;
import io.vikhry.redis.RedisServerInfo;
import io.vikhry.redis.RunningRedis;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A Redis that stays between one infrastructure and the next. */
@Command(
        name = "redis",
        description = "A Redis of its own, that stays when the rest goes.",
        mixinStandardHelpOptions = true)
final class InfraRedisCommand implements Runnable {
    static final String STATE = "redis";
    static final String CONTAINER = "vikhry-redis";

    @Spec
    @Nullable CommandSpec spec;

    @Override
    public void run() {
        throw Options.missingCommand(spec);
    }

    @Command(name = "start", mixinStandardHelpOptions = true, description = "Starts it in the background.")
    int start(@Mixin RedisFrom from) {
        Home home = Home.current();
        Screen screen = Screen.standard();
        Optional<RunningRedis> running = running(home);
        if (running.isPresent()) {
            screen.line("runs already: " + running.get().how());
            return 0;
        }
        LocalRedis redis = LocalRedis.start(
                from.choice, home.folder(STATE), from.setup().outliving().withContainer(CONTAINER));
        home.write(STATE, redis.running());
        screen.line(redis.how());
        return 0;
    }

    @Command(name = "stop", mixinStandardHelpOptions = true, description = "Stops it.")
    int stop() {
        Home home = Home.current();
        Optional<RunningRedis> redis = running(home);
        redis.ifPresent(RunningRedis::stop);
        home.forget(STATE);
        Screen.standard().line(redis.isPresent() ? "Redis stopped" : "no Redis was started here, or it has ended");
        return 0;
    }

    @Command(name = "status", mixinStandardHelpOptions = true, description = "Says which it is and how it is.")
    int status(@Option(names = "--json", description = "As JSON, without the password.") boolean json) {
        Home home = Home.current();
        Optional<RunningRedis> redis = known(home);
        Optional<RedisServerInfo> info = redis.flatMap(r -> LocalRedis.probe(r.url()));
        Screen screen = Screen.standard();
        if (json) {
            ObjectNode node = JsonNodeFactory.instance.objectNode();
            node.put("running", info.isPresent());
            redis.ifPresent(
                    r -> node.put("url", r.safeUrl()).put("how", r.how()).put("pid", r.pid()));
            info.ifPresent(i -> node.put("version", i.version())
                    .put("uptime_s", i.uptimeSeconds())
                    .put("keys", i.keys()));
            screen.line(node.toPrettyString());
        } else if (redis.isEmpty()) {
            screen.line("no Redis was started here: `vikhry infra redis start` starts one");
        } else {
            screen.line(redis.get().how());
            screen.line(info.map(i ->
                            i.product() + " " + i.version() + ", up " + i.uptimeSeconds() + " s, " + i.keys() + " keys")
                    .orElse("it does not answer"));
        }
        return info.isPresent() ? 0 : Failure.ENVIRONMENT;
    }

    @Command(name = "flush", mixinStandardHelpOptions = true, description = "Deletes everything in it.")
    int flush(
            @Option(
                            names = {"-y", "--yes"},
                            description = "Do not ask.")
                    boolean yes) {
        RunningRedis redis = known(Home.current())
                .filter(RunningRedis::ours)
                .orElseThrow(() -> Failure.environment("no Redis was started here, and others are not flushed"));
        if (!yes) {
            var console = System.console();
            String answer = console == null || !console.isTerminal()
                    ? null
                    : console.readLine("Delete everything in %s? [y/N] ", redis.safeUrl());
            if (answer == null || !answer.strip().equalsIgnoreCase("y")) {
                throw Failure.usage("nothing was deleted: confirm with y, or give --yes");
            }
        }
        LocalRedis.flush(redis.url());
        Screen.standard().line("everything in " + redis.safeUrl() + " is deleted");
        return 0;
    }

    /** The one that `infra redis start` started, if it runs. */
    static Optional<RunningRedis> running(Home home) {
        return home.read(STATE, RunningRedis.class).filter(RunningRedis::alive);
    }

    private static Optional<RunningRedis> known(Home home) {
        return home.read(Infra.STATE, Infra.class).map(Infra::redis).or(() -> home.read(STATE, RunningRedis.class));
    }
}
