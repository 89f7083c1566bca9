package io.vikhry.orchestrator;

import io.vikhry.worker.Worker;
import io.vikhry.worker.WorkerOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A worker in a process of its own, which ends with its standard input. */
final class WorkerProcess implements AutoCloseable {
    private final Process process;

    private WorkerProcess(Process process) {
        this.process = process;
    }

    static WorkerProcess start(String redisUrl, String id, Path log) throws IOException {
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return new WorkerProcess(new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--add-opens=java.base/java.lang=ALL-UNNAMED",
                        "-Xmx256m",
                        "-cp",
                        classPath,
                        WorkerProcess.class.getName(),
                        redisUrl,
                        id))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start());
    }

    long pid() {
        return process.pid();
    }

    @Override
    public void close() throws IOException {
        process.getOutputStream().close();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    /** The process: arguments are Redis' URL and the worker's id. */
    public static void main(String[] args) throws Exception {
        try (Worker worker = Worker.start(WorkerOptions.of(args[0], "default", args[1]))) {
            while (System.in.read() >= 0) {
                // Until the test lets go.
            }
        }
    }
}
