package io.vikhry.cluster;

import java.util.Map;

/**
 * By what the items of a pool are made: a scenario's factory and its parameters. Only workers that have this very scenario
 * loaded make them.
 *
 * @param bundleDigest SHA-256 of the scenario bundle
 * @param params values of the scenario's parameters by name, as text
 */
public record Recipe(String bundleDigest, Map<String, String> params) {
    public Recipe {
        params = Map.copyOf(params);
    }
}
