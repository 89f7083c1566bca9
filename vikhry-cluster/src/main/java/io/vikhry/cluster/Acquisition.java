package io.vikhry.cluster;

/** What came of asking a pool for an item. */
public sealed interface Acquisition {
    /**
     * An item, held from now on.
     *
     * @param id its id
     * @param json its value
     * @param number the lease's number, higher than those of all leases of the pool before
     */
    record Granted(String id, String json, long number) implements Acquisition {}

    /** Nothing is free now. */
    record Empty() implements Acquisition {}

    /** There is no such pool. */
    record NoPool() implements Acquisition {}

    /** The holder's run is over, or its worker's lease is lost. */
    record Void() implements Acquisition {}
}
