package io.vikhry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.Configurator.ExecutionStatus;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ServiceLoader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoggingTest {
    private static final String THEIRS = "logback.configurationFile";

    private final LoggerContext logs = new LoggerContext();

    @TempDir
    Path folder;

    @BeforeEach
    void asSlf4jDoes() {
        logs.setMDCAdapter(new LogbackMDCAdapter());
    }

    @AfterEach
    void forget() {
        System.clearProperty(Logging.FILE);
        System.clearProperty(THEIRS);
        logs.stop();
    }

    @Test
    void whatACommandHasToSayOfItsPartsGoesToTheFileThatIsNamed() throws IOException {
        Path file = folder.resolve("logs").resolve("run.log");
        System.setProperty(Logging.FILE, file.toString());

        ExecutionStatus after = new Logging().configure(logs);
        logs.getLogger("io.vikhry.worker.Worker").info("joined");
        logs.getLogger("io.lettuce.core.protocol.ConnectionWatchdog").warn("reconnecting");
        logs.getLogger("org.eclipse.jetty.server.Server").info("started");
        logs.stop();

        assertThat(after).isEqualTo(ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY);
        assertThat(Files.readString(file)).contains("INFO  Worker: joined").doesNotContain("reconnecting", "started");
    }

    @Test
    void aCommandWithoutAFileSaysWarningsOnly() {
        new Logging().configure(logs);

        assertThat(logs.getLogger("io.vikhry.cli.Vikhry").isInfoEnabled()).isFalse();
        assertThat(logs.getLogger("io.vikhry.cli.Vikhry").isWarnEnabled()).isTrue();
    }

    @Test
    void aConfigurationOfTheUsersComesFirst() {
        System.setProperty(THEIRS, "theirs.xml");

        assertThat(new Logging().configure(logs)).isEqualTo(ExecutionStatus.INVOKE_NEXT_IF_ANY);
        assertThat(logs.getLogger("ROOT").iteratorForAppenders()).isExhausted();
    }

    @Test
    void logbackFindsIt() {
        assertThat(ServiceLoader.load(Configurator.class)).hasAtLeastOneElementOfType(Logging.class);
    }
}
