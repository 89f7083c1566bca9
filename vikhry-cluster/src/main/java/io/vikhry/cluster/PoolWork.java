package io.vikhry.cluster;

/**
 * An item that a worker has undertaken to make.
 *
 * @param pool the pool
 * @param id the item's id
 * @param attempt 1 and up
 */
public record PoolWork(String pool, String id, int attempt) {}
