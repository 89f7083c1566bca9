package io.vikhry.orchestrator.run;

/**
 * A time in which a run was not led, or could not be.
 *
 * @param fromMillis when it began, cluster time in ms since 1970
 * @param toMillis when it was over
 * @param what what had happened, for people
 */
public record Interruption(long fromMillis, long toMillis, String what) {}
