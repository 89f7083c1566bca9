package io.vikhry.orchestrator.metrics;

/**
 * One phase of a series' requests.
 *
 * @param phase {@code blocked}, {@code dns}, {@code connect}, {@code tls}, {@code send}, {@code wait} or {@code receive}
 * @param count requests that went through it
 * @param meanMs what it took those
 * @param maxMs the longest
 * @param share its part of the time of all phases, 0 to 1
 */
public record PhaseFigures(String phase, long count, double meanMs, double maxMs, double share) {}
