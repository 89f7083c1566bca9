package io.vikhry.cli;

import io.vikhry.cli.local.Child;
import io.vikhry.cli.local.Home;
import io.vikhry.cli.local.RecordedProcess;
import io.vikhry.cli.screen.Screen;
import io.vikhry.worker.Worker;
import io.vikhry.worker.WorkerOptions;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Starts and stops a worker by itself. */
@Command(
        name = "worker",
        description = "A worker by itself; `infra up` starts all there is.",
        mixinStandardHelpOptions = true)
final class WorkerCommand implements Runnable {
    static final Duration READY_LIMIT = Duration.ofSeconds(120);
    static final Duration STOP_LIMIT = Duration.ofSeconds(20);
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_.-]{1,64}");

    @Spec
    @Nullable CommandSpec spec;

    @Override
    public void run() {
        throw Options.missingCommand(spec);
    }

    @Command(
            name = "start",
            mixinStandardHelpOptions = true,
            description = "Starts it in the background and returns when it is in the cluster.")
    int start(
            @Option(
                            names = "--worker-id",
                            paramLabel = "ID",
                            defaultValue = "worker-1",
                            description = "Default: ${DEFAULT-VALUE}")
                    String id,
            @Mixin Places.ClusterAt cluster,
            @Mixin Served.WhereAsked served)
            throws InterruptedException {
        requireId(id);
        Home home = Home.current();
        String redisUrl = cluster.resolve(home);
        String name = cluster.cluster(home);
        if (served.foreground) {
            served.hold();
            try (Worker worker = Worker.start(WorkerOptions.of(redisUrl, name, id))) {
                awaitReady(worker);
                served.serve(null);
            }
            return 0;
        }
        String state = "worker-" + id;
        home.read(state, RecordedProcess.class).filter(RecordedProcess::alive).ifPresent(running -> {
            throw Failure.environment("worker " + id + " runs already (pid " + running.pid()
                    + "): give another --worker-id, or stop it with `vikhry worker stop --worker-id " + id + "`");
        });
        Interrupt.watch();
        Child child = Child.detached(id, home.log(state), Map.of("VIKHRY_REDIS_URL", redisUrl), arguments(name, id));
        try {
            child.awaitReady(READY_LIMIT);
        } catch (RuntimeException e) {
            child.close();
            throw e;
        }
        home.write(state, child.recorded());
        Screen.standard().line("worker " + id + " ready (pid " + child.pid() + ", log " + home.log(state) + ")");
        return 0;
    }

    /** The command line of a worker's process; its Redis comes by the environment. */
    static String[] arguments(String cluster, String id) {
        return new String[] {"worker", "start", "--foreground", "--cluster", cluster, "--worker-id", id};
    }

    /** Waits until the worker has joined and loaded the scenario; its error is a failure. */
    static void awaitReady(Worker worker) throws InterruptedException {
        long deadline = System.nanoTime() + READY_LIMIT.toNanos();
        while (!worker.awaitReady(Duration.ofMillis(250))) {
            worker.error().ifPresent(error -> {
                throw Failure.environment("worker " + worker.workerId() + ": " + error);
            });
            if (System.nanoTime() > deadline) {
                throw Failure.environment(
                        "worker " + worker.workerId() + " was not ready within " + READY_LIMIT.toSeconds() + " s");
            }
            if (Interrupt.requested()) {
                throw Failure.interrupted();
            }
        }
    }

    private static void requireId(String id) {
        if (!ID.matcher(id).matches()) {
            throw Failure.usage("--worker-id must be 1 to 64 of A-Z a-z 0-9 _ . -, not \"" + id + "\"");
        }
    }

    @Command(name = "stop", mixinStandardHelpOptions = true, description = "Stops the one that was started here.")
    int stop(
            @Option(
                            names = "--worker-id",
                            paramLabel = "ID",
                            defaultValue = "worker-1",
                            description = "Default: ${DEFAULT-VALUE}")
                    String id) {
        requireId(id);
        Home home = Home.current();
        Optional<RecordedProcess> recorded = home.read("worker-" + id, RecordedProcess.class);
        Screen screen = Screen.standard();
        if (recorded.filter(RecordedProcess::alive).isEmpty()) {
            screen.line("worker " + id + " was not started here, or has ended");
        } else {
            recorded.get().stop(STOP_LIMIT);
            screen.line("worker " + id + " stopped (pid " + recorded.get().pid() + ")");
        }
        home.forget("worker-" + id);
        return 0;
    }
}
