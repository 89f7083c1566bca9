package io.vikhry.redis;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is needed to find and stop a started Redis again, from this process or another: plain data for a state file.
 *
 * @param url where it answers, with its password
 * @param how what was chosen and why, in one line
 * @param version the server's version
 * @param pid its process, or 0 where it is a container or was not started by us
 * @param startedAtMillis when that process started, by the operating system; guards against a pid used again
 * @param engine the command that runs its container, or {@code null}
 * @param container its container's name, or {@code null}
 */
public record RunningRedis(
        String url,
        String how,
        String version,
        long pid,
        long startedAtMillis,
        @Nullable String engine,
        @Nullable String container) {
    /** The same boot time may be read a second apart when the clock is adjusted. */
    private static final long START_TOLERANCE_MILLIS = 2_000;

    private static final Duration STOP_LIMIT = Duration.ofSeconds(10);

    /** The URL with the password hidden, for people. */
    public String safeUrl() {
        return RedisAddress.parse(url).safe();
    }

    /** Whether it was started by vikhry and may be stopped. */
    public boolean ours() {
        return pid != 0 || container != null;
    }

    /** Whether what was started still runs; for a given URL, whether it answers. */
    public boolean alive() {
        if (container != null && engine != null) {
            return ContainerEngine.running(engine, container);
        }
        return pid == 0 ? LocalRedis.probe(url).isPresent() : process().isPresent();
    }

    /** Stops it and waits until it has ended, 10 s at most. Nothing happens where it was not ours or has ended. */
    public void stop() {
        if (container != null && engine != null) {
            ContainerEngine.remove(engine, container);
            return;
        }
        Optional<ProcessHandle> process = process();
        if (process.isPresent() && !end(process.get())) {
            throw new RedisUnavailableException("Redis (pid " + pid + ") did not end within " + STOP_LIMIT.toSeconds()
                    + " s: end it by hand with kill -9 " + pid);
        }
    }

    private Optional<ProcessHandle> process() {
        if (pid == 0) {
            return Optional.empty();
        }
        return ProcessHandle.of(pid)
                .filter(p -> !ProcessEnd.reached(p))
                .filter(p -> p.info()
                        .startInstant()
                        .map(Instant::toEpochMilli)
                        .map(t -> Math.abs(t - startedAtMillis) <= START_TOLERANCE_MILLIS)
                        .orElse(false));
    }

    private static boolean end(ProcessHandle process) {
        process.destroy();
        if (ProcessEnd.await(process, STOP_LIMIT)) {
            return true;
        }
        process.destroyForcibly();
        return ProcessEnd.await(process, Duration.ofSeconds(2));
    }
}
