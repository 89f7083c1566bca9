package io.vikhry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vikhry.redis.Required;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code bench/} counts and concludes is tested in its own language; so it is part of each build. */
class BenchHarnessTest {
    private static final long LIMIT_SECONDS = 60;
    private static final String NEW_ENOUGH = "import sys; sys.exit(sys.version_info < (3, 10))";

    @TempDir
    Path dir;

    @Test
    void countsAndConcludesAsItsOwnTestsSay() throws Exception {
        Required.part(
                "python", python("-c", NEW_ENOUGH).exit() == 0, "the tests of bench/ need python3, 3.10 or newer");

        Ended tests = python("-B", "-m", "unittest", "discover", "-s", "bench/test", "-p", "*_test.py");

        assertThat(tests.exit()).as(tests.said()).isZero();
        assertThat(tests.said()).containsPattern("Ran \\d{2,} tests");
    }

    private record Ended(int exit, String said) {}

    private Ended python(String... arguments) throws InterruptedException, IOException {
        Path said = dir.resolve("said");
        ProcessBuilder command = new ProcessBuilder("python3")
                .directory(Path.of("..").toFile())
                .redirectErrorStream(true)
                .redirectOutput(said.toFile());
        command.command().addAll(List.of(arguments));
        Process python;
        try {
            python = command.start();
        } catch (IOException e) {
            return new Ended(127, "no python3");
        }
        try {
            assertThat(python.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS))
                    .as("ends")
                    .isTrue();
        } finally {
            python.destroyForcibly();
        }
        return new Ended(python.exitValue(), Files.readString(said, StandardCharsets.UTF_8));
    }
}
