package io.vikhry.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class ProcessEndTest {
    @Test
    @EnabledOnOs(OS.LINUX)
    void aProcessThatItsParentDoesNotCollectHasEnded() throws Exception {
        Process parent = new ProcessBuilder("sh", "-c", "sleep 0.2 & echo $!; exec sleep 60").start();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(parent.getInputStream(), StandardCharsets.US_ASCII))) {
            ProcessHandle child =
                    ProcessHandle.of(Long.parseLong(out.readLine())).orElseThrow();
            assertThat(ProcessEnd.reached(child)).isFalse();
            assertThat(ProcessEnd.await(child, Duration.ofSeconds(10))).isTrue();
            assertThat(child.isAlive()).as("still in the table of processes").isTrue();
            assertThat(ProcessEnd.await(parent.toHandle(), Duration.ofMillis(50)))
                    .isFalse();
        } finally {
            parent.destroyForcibly();
        }
    }
}
