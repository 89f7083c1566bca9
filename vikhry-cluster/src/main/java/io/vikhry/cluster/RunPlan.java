package io.vikhry.cluster;

import java.util.Map;

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
 */
public record RunPlan(
        String runId,
        long epoch,
        String bundleDigest,
        String scenario,
        Map<String, String> params,
        LoadModel model,
        long seed,
        Map<String, Integer> resources) {

    public RunPlan {
        params = Map.copyOf(params);
        resources = Map.copyOf(resources);
    }

    /** What a load stage's target counts. */
    public enum LoadModel {
        /** Closed: users at work at the same time. */
        USERS,
        /** Open: arrivals per second. */
        RATE
    }
}
