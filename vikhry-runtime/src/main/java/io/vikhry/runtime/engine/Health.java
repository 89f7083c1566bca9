package io.vikhry.runtime.engine;

/**
 * Health of the generator over the last interval.
 *
 * @param cpu CPU used by the process, in cores
 * @param cpuLimit CPU it may use, in cores: by its cgroup's quota, else all the JVM sees
 * @param rssBytes resident memory, 0 where it cannot be told
 * @param heapBytes used heap
 * @param gcPauseMillis time in collector pauses
 * @param stalledMillis how long the process as a whole stood still: stopped, without CPU, or in a collector's pause
 * @param loopUtilisation busy share of the busiest loop, 0 to 1
 * @param loopLagP99Micros p99 over time of how late a loop would have come to something that arrived, in µs, of the worst loop
 * @param openFiles open file descriptors, sockets included; 0 where it cannot be told
 * @param maxFiles how many it may have open, or 0
 * @param portShare ports that connections to one server hold, of those there are, 0 to 1
 */
public record Health(
        double cpu,
        double cpuLimit,
        long rssBytes,
        long heapBytes,
        double gcPauseMillis,
        double stalledMillis,
        double loopUtilisation,
        long loopLagP99Micros,
        long openFiles,
        long maxFiles,
        double portShare) {}
