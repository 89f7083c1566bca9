package io.vikhry.cli.local;

import io.vikhry.redis.ProcessEnd;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A process that a state file remembers. The start time guards against a pid that the system has used again.
 *
 * @param name what it is, {@code "worker-1"}
 * @param pid its process id
 * @param startedAtMillis when it started, by the operating system
 * @param log its log file
 * @param url where it answers; empty where it does not listen
 */
public record RecordedProcess(String name, long pid, long startedAtMillis, String log, String url) {
    private static final long START_TOLERANCE_MILLIS = 2_000;

    static RecordedProcess of(String name, ProcessHandle process, String log, String url) {
        long startedAt =
                process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
        return new RecordedProcess(name, process.pid(), startedAt, log, url);
    }

    /** Whether it runs. */
    public boolean alive() {
        return process().isPresent();
    }

    /** Asks it to end, and ends it by force after {@code limit}; says whether it ended by itself. */
    public boolean stop(Duration limit) {
        Optional<ProcessHandle> process = process();
        return process.isEmpty() || stop(process.get(), limit);
    }

    static boolean stop(ProcessHandle process, Duration limit) {
        process.destroy();
        return awaitEnd(process, limit);
    }

    static boolean awaitEnd(ProcessHandle process, Duration limit) {
        if (ProcessEnd.await(process, limit)) {
            return true;
        }
        process.destroyForcibly();
        ProcessEnd.await(process, Duration.ofSeconds(5));
        return false;
    }

    private Optional<ProcessHandle> process() {
        return ProcessHandle.of(pid)
                .filter(p -> !ProcessEnd.reached(p))
                .filter(p -> p.info()
                        .startInstant()
                        .map(t -> Math.abs(t.toEpochMilli() - startedAtMillis) <= START_TOLERANCE_MILLIS)
                        .orElse(false));
    }
}
