package io.vikhry.cluster;

/**
 * Cluster time: Redis' clock, carried on by this machine's monotonic clock. Each measurement is exact to half its round trip;
 * the best of several counts. Safe for use by any thread.
 */
public interface ClusterClock {
    /** Cluster time in ms since 1970. */
    long nowMillis();

    /** Cluster time in µs since 1970. */
    long nowMicros();

    /** Cluster time minus this machine's wall clock, in µs. */
    long offsetMicros();

    /** How far off cluster time may be, in µs: half the round trip of the measurement it stands on. */
    long uncertaintyMicros();

    /** Measures anew. */
    void measure();
}
