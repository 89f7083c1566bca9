package io.vikhry.runtime.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How much later than asked for the kernel may end a thread's wait, to end several at once: 50 µs unless the system says
 * otherwise, and some say more. Linux; elsewhere there is none to be told.
 */
final class TimerSlack {
    private static final Logger LOG = LoggerFactory.getLogger(TimerSlack.class);
    /** The folder of the thread that asks, {@code PID/task/TID}. */
    private static final Path SELF = Path.of("/proc/thread-self");

    private TimerSlack() {}

    /** From now on the calling thread's waits end when they are due, so that what its timers start is not late by the slack. */
    static void none() {
        if (!Files.isSymbolicLink(SELF)) {
            return;
        }
        try {
            // A thread may change its own; the file stands in the folder of a process, which each thread has by its
            // number.
            Path thread = Files.readSymbolicLink(SELF).getFileName();
            Files.writeString(Path.of("/proc").resolve(thread).resolve("timerslack_ns"), "1");
        } catch (IOException e) {
            LOG.debug("Waits end late by the kernel's timer slack: {}", e.toString());
        }
    }
}
