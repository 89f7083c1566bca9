package io.vikhry.redis;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The end of a process that need not be a child of this one.
 *
 * <p>A process that has ended stays in the table of processes until its parent has collected it, and a container's first process often
 * collects nobody, or late. {@link ProcessHandle} calls such a process alive; here it has ended.
 */
public final class ProcessEnd {
    private ProcessEnd() {}

    /** Whether {@code process} has ended, collected or not. */
    public static boolean reached(ProcessHandle process) {
        return !process.isAlive() || uncollected(process.pid());
    }

    /** Waits until {@code process} has ended; says whether it did within {@code limit}. An interrupt ends the wait, and is kept. */
    public static boolean await(ProcessHandle process, Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!reached(process)) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            try {
                Thread.sleep(10);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return reached(process);
            }
        }
        return true;
    }

    /** By the state in {@code /proc/PID/stat}, after the name, which may hold anything; elsewhere than on Linux nobody knows. */
    private static boolean uncollected(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"), StandardCharsets.ISO_8859_1);
            return stat.startsWith(" Z", stat.lastIndexOf(')') + 1);
        } catch (IOException e) {
            return false;
        }
    }
}
