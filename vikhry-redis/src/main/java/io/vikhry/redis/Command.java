package io.vikhry.redis;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What a command said and how it ended.
 *
 * @param exit its exit code; -1 where it could not be run or took too long
 * @param output standard output and error together, stripped
 */
record Command(int exit, String output) {
    static Command run(Duration limit, String... words) {
        return run(limit, Map.of(), List.of(words));
    }

    /** The output goes through a file: a child that lives on and keeps a pipe open must not hold us up. */
    static Command run(Duration limit, Map<String, String> environment, List<String> words) {
        Path out = null;
        try {
            out = Files.createTempFile("vikhry-command", ".out");
            ProcessBuilder builder = new ProcessBuilder(words)
                    .redirectErrorStream(true)
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectOutput(out.toFile());
            builder.environment().putAll(environment);
            Process process = builder.start();
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                return new Command(-1, words.getFirst() + " did not end within " + limit.toSeconds() + " s");
            }
            return new Command(process.exitValue(), text(out));
        } catch (IOException e) {
            return new Command(-1, String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RedisUnavailableException("interrupted while waiting for " + words.getFirst(), e);
        } finally {
            if (out != null) {
                out.toFile().delete();
            }
        }
    }

    /** The last line of the output, for a message of one line. */
    String lastLine() {
        return output.substring(output.lastIndexOf('\n') + 1);
    }

    boolean ok() {
        return exit == 0;
    }

    private static String text(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8).strip();
    }
}
