package io.vikhry.runtime.engine;

/**
 * Health of the generator over the last interval.
 *
 * @param cpu CPU used by the process, in cores
 * @param rssBytes resident memory, 0 where it cannot be told
 * @param heapBytes used heap
 * @param gcPauseMillis time in collector pauses
 * @param loopUtilisation busy share of the busiest loop, 0 to 1
 * @param loopLagP99Micros p99 of how late the loops came to their work, in µs, of the worst loop
 */
public record Health(
        double cpu,
        long rssBytes,
        long heapBytes,
        double gcPauseMillis,
        double loopUtilisation,
        long loopLagP99Micros) {}
