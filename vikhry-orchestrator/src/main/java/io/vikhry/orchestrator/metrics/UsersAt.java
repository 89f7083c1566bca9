package io.vikhry.orchestrator.metrics;

/** Sees how many users were at work at the end of the second that begins at {@code millis}, cluster time. */
@FunctionalInterface
public interface UsersAt {
    void see(long millis, int users);
}
