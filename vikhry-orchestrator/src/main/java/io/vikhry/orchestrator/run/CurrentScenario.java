package io.vikhry.orchestrator.run;

import io.vikhry.api.VikhryException;
import io.vikhry.cluster.Cluster;
import io.vikhry.cluster.Leader;
import io.vikhry.cluster.LeaderLease;
import io.vikhry.cluster.ScenarioRef;
import io.vikhry.runtime.scenario.LoadedScenario;
import io.vikhry.runtime.scenario.ParamException;
import io.vikhry.runtime.scenario.ScenarioBundle;
import io.vikhry.runtime.scenario.ScenarioDescription;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The scenario announced to the cluster, loaded here to know its parameters, steps and pools. Safe for use by any thread. */
public final class CurrentScenario {
    private static final Logger LOG = LoggerFactory.getLogger(CurrentScenario.class);

    /** After that it was a living leader that was waited for. */
    private static final long FRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(Leader.TTL_MILLIS + 3_000);

    private final Cluster cluster;
    private @Nullable LoadedScenario loaded;
    private volatile @Nullable ScenarioBundle offered;
    private volatile long offeredNanos;
    /** The digest seen last; only the conductor's thread looks. */
    private String lookedAt = "";

    public CurrentScenario(Cluster cluster) {
        this.cluster = cluster;
    }

    /**
     * Offers a bundle to the cluster: it is announced when this orchestrator leads. One that led already when this one came keeps
     * its scenario; one that does not live any more does not.
     */
    public void offer(ScenarioBundle bundle) {
        cluster.bundles().put(bundle.bytes());
        offeredNanos = System.nanoTime();
        offered = bundle;
    }

    /** Whether what was offered was announced, or cannot be. */
    public boolean settled() {
        return offered == null;
    }

    /** Announces what was offered, if it was not. */
    void announceOffered(LeaderLease lease) {
        ScenarioBundle bundle = offered;
        if (bundle != null) {
            boolean fresh = System.nanoTime() - offeredNanos < FRESH_NANOS;
            if (fresh || cluster.scenario().current().isEmpty()) {
                announce(lease, bundle);
            } else {
                LOG.info("Scenario {} was not announced: the cluster had one", bundle.sourceName());
            }
            offered = null;
        }
    }

    private void announce(LeaderLease lease, ScenarioBundle bundle) {
        cluster.bundles().put(bundle.bytes());
        ScenarioRef ref = new ScenarioRef(bundle.digest(), bundle.vuClass(), bundle.sourceName());
        if (!cluster.scenario().announce(lease, ref)) {
            throw new Refusal(
                    Refusal.Code.NOT_LEADER, "Another orchestrator leads the cluster now: its scenario stays.");
        }
        cluster.commands()
                .lookAgain(
                        cluster.leases().workers().stream()
                                .map(w -> w.status().workerId())
                                .toList(),
                        "scenario " + bundle.digest());
    }

    /** Stores and announces what is known here, after Redis has lost it. */
    void announceAgain(LeaderLease lease) {
        LoadedScenario known;
        synchronized (this) {
            known = loaded;
        }
        if (known != null) {
            announce(lease, known.bundle());
        }
    }

    /** What the announced scenario declares; empty if none is announced. */
    public Optional<ScenarioDescription> describe() {
        return cluster.scenario().current().map(ref -> load(ref).describe());
    }

    /** Sees whether another scenario was announced; one that does not load is said once. */
    void look() {
        ScenarioRef ref = cluster.scenario().current().orElse(null);
        if (ref == null || ref.digest().equals(lookedAt)) {
            return;
        }
        lookedAt = ref.digest();
        try {
            load(ref);
        } catch (Refusal | VikhryException e) {
            LOG.warn("Scenario {} cannot be used: {}", ref.source(), e.getMessage());
        }
    }

    /** What was known when it was asked for last, without asking Redis. */
    public synchronized Optional<ScenarioDescription> known() {
        return Optional.ofNullable(loaded).map(LoadedScenario::describe);
    }

    /** All parameters of the announced scenario for a run, as text; those not given have their defaults. */
    public Map<String, String> params(Map<String, String> given) {
        LoadedScenario scenario = cluster.scenario()
                .current()
                .map(this::load)
                .orElseThrow(() -> new Refusal(
                        Refusal.Code.NO_SCENARIO,
                        "No scenario is announced; start the orchestrator with one: --scenario ShopVU.java"));
        try {
            return scenario.params().parse(given).asText();
        } catch (ParamException e) {
            Refusal.Code code = switch (e.problem()) {
                case UNKNOWN -> Refusal.Code.UNKNOWN_PARAM;
                case MISSING -> Refusal.Code.MISSING_PARAM;
                case INVALID -> Refusal.Code.INVALID_VALUE;
            };
            throw new Refusal(
                    code, String.valueOf(e.getMessage()), Map.of("field", "params." + e.param(), "param", e.param()));
        }
    }

    private synchronized LoadedScenario load(ScenarioRef ref) {
        LoadedScenario known = loaded;
        if (known != null && known.bundle().digest().equals(ref.digest())) {
            return known;
        }
        byte[] bytes = cluster.bundles()
                .get(ref.digest())
                .orElseThrow(() -> new Refusal(
                        Refusal.Code.NO_SCENARIO,
                        "The bundle of " + ref.source() + " is not in Redis any more; start the orchestrator again with"
                                + " its scenario."));
        LoadedScenario fresh = LoadedScenario.load(ScenarioBundle.read(bytes, ref.digest()));
        if (known != null) {
            known.close();
        }
        loaded = fresh;
        return fresh;
    }
}
