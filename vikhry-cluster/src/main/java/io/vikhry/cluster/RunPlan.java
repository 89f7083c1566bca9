package io.vikhry.cluster;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a run is: written once, when PREPARING begins, and never changed.
 *
 * @param runId unique name of the run, sortable by time: {@code 20261121-224930-k3f9}
 * @param epoch the cluster's count of accepted starts; a worker ignores plans older than the newest it has seen
 * @param bundleDigest SHA-256 of the scenario bundle, 64 lower-case hex digits
 * @param scenario binary name of the VU class in the bundle
 * @param params values of the scenario's parameters by name, as text, already validated
 * @param model what the stages of the assignment's load count
 * @param seed seed of everything random in the run
 * @param resources items that each pool must have before the load starts, by pool name
 * @param open how arrivals come and who serves them, or {@code null} in the closed model
 * @param safety what it may not do
 */
public record RunPlan(
        String runId,
        long epoch,
        String bundleDigest,
        String scenario,
        Map<String, String> params,
        LoadModel model,
        long seed,
        Map<String, Integer> resources,
        @Nullable Open open,
        Safety safety) {

    /** A plan of the closed model, without limits. */
    public RunPlan(
            String runId,
            long epoch,
            String bundleDigest,
            String scenario,
            Map<String, String> params,
            LoadModel model,
            long seed,
            Map<String, Integer> resources) {
        this(runId, epoch, bundleDigest, scenario, params, model, seed, resources, null, Safety.NONE);
    }

    public RunPlan {
        if ((model == LoadModel.RATE) == (open == null)) {
            throw new IllegalArgumentException("a plan says how arrivals come if its model is RATE, and only then");
        }
        params = Map.copyOf(params);
        resources = Map.copyOf(resources);
    }

    /** By what the run's items are made. */
    public Recipe recipe() {
        return new Recipe(bundleDigest, params);
    }

    /** What a load stage's target counts. */
    public enum LoadModel {
        /** Closed: users at work at the same time. */
        USERS,
        /** Open: arrivals per second. */
        RATE
    }

    /**
     * What only the open model has.
     *
     * @param arrivals how they are spaced
     * @param users users that begin with the load, by number from 0 up
     * @param maxUsers users there may be at most, as many as arrivals take
     */
    public record Open(Arrivals arrivals, int users, int maxUsers) {}

    /** How arrivals are spaced. */
    public enum Arrivals {
        /** Evenly. */
        CONSTANT,
        /** At random, independent of each other. */
        POISSON
    }
}
