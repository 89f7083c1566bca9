package io.vikhry.orchestrator;

import java.util.function.Consumer;

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
    private Orchestrator() {}

    /**
     * Starts an orchestrator and returns when it answers; it may still be waiting to become the cluster's leader.
     *
     * @throws OrchestratorException in one line: the port is busy, Redis does not answer, the scenario does not load
     */
    public static Orchestrator start(Consumer<OrchestratorConfig> configure) {
        configure.accept(new OrchestratorConfig());
        throw new UnsupportedOperationException();
    }

    /** The port it listens on. */
    public int port() {
        throw new UnsupportedOperationException();
    }

    /** Where it answers: {@code http://127.0.0.1:8080}. */
    public String url() {
        throw new UnsupportedOperationException();
    }

    /** Stops listening and gives up leadership; a running run goes on without it until workers notice. */
    @Override
    public void close() {}
}
