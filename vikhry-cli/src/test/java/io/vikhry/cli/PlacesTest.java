package io.vikhry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vikhry.cli.local.Home;
import io.vikhry.cli.local.RecordedProcess;
import io.vikhry.redis.RunningRedis;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlacesTest {
    private static final String HERE = "http://127.0.0.1:18080";

    @TempDir
    Path dir;

    private Home home;
    private final Places.OrchestratorAt orchestrator = new Places.OrchestratorAt();

    @BeforeEach
    void aClusterStartedHere() {
        home = Home.in(dir);
        home.write(InfraRedisCommand.STATE, new RunningRedis("redis://127.0.0.1:1", "", "7", 1, 1, null, null));
        home.write(OrchestratorCommand.STATE, new RecordedProcess("orchestrator", 1, 1, "", HERE));
    }

    @Test
    void aKillOfAClusterElsewhereDoesNotGoToTheRedisStartedHere() {
        orchestrator.url = "http://elsewhere:8080";

        assertThat(new Places.KillAt().resolve(home, orchestrator)).isEmpty();
    }

    @Test
    void aKillOfTheClusterStartedHereNeedsNoOrchestrator() {
        orchestrator.url = HERE;

        assertThat(new Places.KillAt().resolve(home, orchestrator)).contains("redis://127.0.0.1:1");
    }
}
