package io.vikhry.orchestrator;

import java.io.IOException;

/** Holds a process to a part of one core. */
sealed interface CpuShare extends AutoCloseable permits CpuLeash, DutyCycle {
    /** By a cgroup where one can be made, else by stopping the process for the rest of each tenth of a second. */
    static CpuShare of(double cores) {
        return CpuLeash.of(cores).<CpuShare>map(leash -> leash).orElseGet(() -> new DutyCycle(cores));
    }

    /** Whether the process itself can see its limit. */
    boolean isQuota();

    void hold(long pid) throws IOException;

    void release(long pid) throws IOException;

    @Override
    void close() throws IOException;
}
