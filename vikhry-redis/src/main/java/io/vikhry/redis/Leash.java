package io.vikhry.redis;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A shell that runs a clean-up when this JVM is gone, however it went: it reads from a pipe that only this JVM holds, and the
 * end of the pipe is the end of the JVM. It ignores the interrupt of a terminal, so that Ctrl-C lets this JVM finish first.
 */
final class Leash implements AutoCloseable {
    /** Keeps every pipe reachable: a collected one would be closed, and the clean-up would run. */
    private static final Set<Leash> HELD = ConcurrentHashMap.newKeySet();

    /** By the shell itself: another program beside it would be there for as long as the JVM. */
    private static final String AWAIT_END = "while read -r _; do :; done";

    private final Process shell;

    /** Runs {@code start} and, when the pipe ends, {@code cleanUp}; both are shell text with {@code arguments} as $1… */
    Leash(String start, String cleanUp, List<String> arguments, Path log) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                "sh", "-c", "trap '' INT TERM HUP; " + start + " || exit 1; " + AWAIT_END + "; " + cleanUp, "sh"));
        command.addAll(arguments);
        shell = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        HELD.add(this);
    }

    boolean broken() {
        return !shell.isAlive();
    }

    /** Ends the shell by way of the clean-up, which finds nothing where all has been stopped already. */
    @Override
    public void close() {
        HELD.remove(this);
        try {
            shell.getOutputStream().close();
        } catch (IOException e) {
            shell.destroy();
        }
    }
}
