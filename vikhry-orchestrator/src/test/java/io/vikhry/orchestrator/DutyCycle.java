package io.vikhry.orchestrator;

import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Stops a process for the same part of each tenth of a second, from outside, as a crowded host does. */
final class DutyCycle implements CpuShare {
    private static final double PERIOD_SECONDS = 0.1;
    /** It ends with the process, if nobody ends it before. */
    private static final String CYCLE = "while kill -STOP %1$d; do sleep %2$.3f; kill -CONT %1$d; sleep %3$.3f; done";

    private final double share;
    private @Nullable Process shell;

    DutyCycle(double share) {
        this.share = share;
    }

    @Override
    public boolean isQuota() {
        return false;
    }

    @Override
    public void hold(long pid) throws IOException {
        shell = new ProcessBuilder(
                        "sh",
                        "-c",
                        String.format(Locale.ROOT, CYCLE, pid, PERIOD_SECONDS * (1 - share), PERIOD_SECONDS * share))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    @Override
    public void release(long pid) throws IOException {
        close();
        new ProcessBuilder("kill", "-CONT", Long.toString(pid)).start();
    }

    @Override
    public void close() throws IOException {
        Process running = shell;
        shell = null;
        if (running != null) {
            running.destroyForcibly();
            try {
                running.waitFor(5, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
