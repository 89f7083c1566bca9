package io.vikhry.orchestrator;

import io.vikhry.runtime.scenario.ScenarioBundle;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What an {@link Orchestrator} can be told before it starts. Every setting has a default that works on one machine. */
public final class OrchestratorConfig {
    private String redisUrl = "redis://127.0.0.1:6379";
    private String cluster = "default";
    private String host = "127.0.0.1";
    private int port = 8080;
    private Path home = Path.of(System.getProperty("user.home"), ".vikhry");
    private @Nullable Supplier<ScenarioBundle> scenario;

    OrchestratorConfig() {}

    /** Where Redis is, with its password if it has one: {@code redis://:secret@127.0.0.1:6379}. */
    public OrchestratorConfig redisUrl(String redisUrl) {
        this.redisUrl = redisUrl;
        return this;
    }

    /** Name of the cluster; clusters of different names may share one Redis. Default {@code default}. */
    public OrchestratorConfig cluster(String cluster) {
        this.cluster = cluster;
        return this;
    }

    /** The address to listen on; default loopback only. */
    public OrchestratorConfig host(String host) {
        this.host = host;
        return this;
    }

    /** The port to listen on, 0 for any free one; default 8080. */
    public OrchestratorConfig port(int port) {
        this.port = port;
        return this;
    }

    /** The folder in which {@code runs/<run_id>/} are kept; default {@code ~/.vikhry}. */
    public OrchestratorConfig home(Path home) {
        this.home = home;
        return this;
    }

    /**
     * The scenario to load, upload and announce to the workers: {@code ShopVU.java}, or {@code app.jar:com.acme.ShopVU}.
     * Without one, the cluster keeps the scenario it has.
     */
    public OrchestratorConfig scenario(@Nullable String scenario) {
        this.scenario = scenario == null ? null : () -> ScenarioBundle.of(scenario);
        return this;
    }

    /** As {@link #scenario(String)}, for one that has been read already. */
    public OrchestratorConfig scenario(@Nullable ScenarioBundle bundle) {
        this.scenario = bundle == null ? null : () -> bundle;
        return this;
    }

    String redisUrl() {
        return redisUrl;
    }

    String cluster() {
        return cluster;
    }

    String host() {
        return host;
    }

    int port() {
        return port;
    }

    Path home() {
        return home;
    }

    /** The scenario to announce, read now; {@code null} for none. */
    @Nullable ScenarioBundle scenario() {
        return scenario == null ? null : scenario.get();
    }
}
