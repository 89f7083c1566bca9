package io.vikhry.orchestrator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.Javalin;
import io.javalin.util.JavalinBindException;
import io.vikhry.api.VikhryException;
import io.vikhry.cluster.Cluster;
import io.vikhry.orchestrator.http.Api;
import io.vikhry.orchestrator.run.Conductor;
import io.vikhry.orchestrator.run.CurrentScenario;
import io.vikhry.orchestrator.run.Direction;
import io.vikhry.orchestrator.run.Json;
import io.vikhry.orchestrator.run.RunStore;
import io.vikhry.runtime.scenario.ScenarioBundle;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running orchestrator of one cluster: leads its runs, gathers their numbers, keeps their history and serves the API and
 * the page.
 *
 * <pre>{@code
 * try (Orchestrator orchestrator = Orchestrator.start(config -> config
 *         .redisUrl("redis://127.0.0.1:6379")
 *         .scenario("ShopVU.java"))) {
 *     System.out.println(orchestrator.url());
 * }
 * }</pre>
 */
public final class Orchestrator implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Orchestrator.class);
    private static final long SETTLED_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final String host;
    private final int port;
    /** What was opened, newest first. */
    private final Deque<AutoCloseable> open;

    private Orchestrator(String host, int port, Deque<AutoCloseable> open) {
        this.host = host;
        this.port = port;
        this.open = open;
    }

    /**
     * Starts an orchestrator and returns when it answers; it may still be waiting to become the cluster's leader.
     *
     * @throws OrchestratorException in one line: the port is busy, Redis does not answer, the scenario does not load
     */
    public static Orchestrator start(Consumer<OrchestratorConfig> configure) {
        OrchestratorConfig config = new OrchestratorConfig();
        configure.accept(config);
        Deque<AutoCloseable> open = new ArrayDeque<>();
        try {
            return start(config, open);
        } catch (RuntimeException e) {
            closeAll(open);
            throw switch (e) {
                case OrchestratorException known -> known;
                case VikhryException known -> new OrchestratorException(String.valueOf(known.getMessage()), known);
                case UncheckedIOException known -> new OrchestratorException(String.valueOf(known.getMessage()), known);
                default -> e;
            };
        }
    }

    private static Orchestrator start(OrchestratorConfig config, Deque<AutoCloseable> open) {
        // Before anything is touched: a scenario that does not compile leaves the cluster as it is.
        ScenarioBundle bundle = config.scenario();
        boolean loopback = isLoopback(config.host());
        RunStore store = new RunStore(config.home());
        Cluster cluster = Cluster.connect(config.redisUrl(), config.cluster());
        open.push(cluster);
        CurrentScenario scenario = new CurrentScenario(cluster);
        if (bundle != null) {
            scenario.offer(bundle);
        }
        Direction direction = new Direction(cluster, store, scenario, () -> environment(cluster));
        Conductor conductor = new Conductor(
                cluster,
                direction,
                config.host() + ":" + ProcessHandle.current().pid());
        open.push(conductor);
        Api api = new Api(cluster, conductor, scenario, store, loopback);
        open.push(api);
        Javalin server = Javalin.create(javalin -> {
            javalin.concurrency.useVirtualThreads = true;
            javalin.startup.showJavalinBanner = false;
            api.configure(javalin);
        });
        listen(server, config);
        open.push(server::stop);
        awaitSettled(scenario, conductor);
        Orchestrator started = new Orchestrator(config.host(), server.port(), open);
        LOG.info("The orchestrator of cluster {} answers at {}", cluster.name(), started.url());
        return started;
    }

    /** Until its scenario is announced, or somebody else leads and decides. */
    private static void awaitSettled(CurrentScenario scenario, Conductor conductor) {
        long until = System.nanoTime() + SETTLED_NANOS;
        while (!scenario.settled() && conductor.leader().isEmpty() && System.nanoTime() - until < 0) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    /** The port it listens on. */
    public int port() {
        return port;
    }

    /** Where it answers: {@code http://127.0.0.1:8080}. */
    public String url() {
        return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }

    /** Stops listening and gives up leadership; a run under way goes on under the next leader. */
    @Override
    public void close() {
        closeAll(open);
    }

    private static void closeAll(Deque<AutoCloseable> open) {
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (Exception e) {
                LOG.warn("Closing goes on after: {}", e.toString());
            }
        }
    }

    private static void listen(Javalin server, OrchestratorConfig config) {
        try {
            server.start(config.host(), config.port());
        } catch (JavalinBindException e) {
            throw new OrchestratorException(
                    "Port " + config.port() + " of " + config.host()
                            + " is in use; stop what listens there, or choose another: --port 0 takes any free one.",
                    e);
        }
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            throw new OrchestratorException(
                    "Host " + host + " has no address here; listen on 127.0.0.1, or on an address of this machine.", e);
        }
    }

    private static ObjectNode environment(Cluster cluster) {
        return Json.MAPPER
                .createObjectNode()
                .put("vikhry", Version.TEXT)
                .put("java", Runtime.version().toString())
                .put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"))
                .put("cores", Runtime.getRuntime().availableProcessors())
                .put("redis", cluster.redisVersion());
    }
}
