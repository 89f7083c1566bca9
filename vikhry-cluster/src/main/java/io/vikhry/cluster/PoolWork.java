package io.vikhry.cluster;

import java.util.Map;

/**
 * An item that a worker has undertaken to make.
 *
 * @param pool the pool
 * @param id the item's id
 * @param attempt 1 and up
 * @param params values of the scenario's parameters by name, as text
 */
public record PoolWork(String pool, String id, int attempt, Map<String, String> params) {
    public PoolWork {
        params = Map.copyOf(params);
    }
}
