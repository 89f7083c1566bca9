package io.vikhry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class UsageTest {
    private final StringWriter err = new StringWriter();
    private final StringWriter out = new StringWriter();

    private int vikhry(String... arguments) {
        CommandLine commands = Vikhry.commandLine(arguments);
        commands.setErr(new PrintWriter(err, true));
        commands.setOut(new PrintWriter(out, true));
        return commands.execute(arguments);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "frobnicate                                              | frobnicate",
                "test start --users many                                 | --users",
                "test start                                              | --users",
                "test start --users -1                                   | --users must be 0 to 1000000",
                "test start --users 1000001                              | --users must be 0 to 1000000",
                "test start --users 1 --param x                          | --param",
                "test start --users 1 --duration 10                      | no duration",
                "test start --users 1 --orchestrator-url ftp://x         | http://",
                "infra up --worker-count 0 --scenario x.java             | --worker-count",
                "infra up --worker-count 1 --scenario x.java --port 70000| --port",
                "infra up --worker-count 1 --scenario x.java --redis sky | --redis",
                "infra up --worker-count 1 --scenario x.java --redis docker --redis-url redis://h | contradict",
                "run --scenario x.java --users 1 --duration 0s           | --duration",
                "run --scenario x.java --users 1 --duration 1s --workers 0 | --workers",
                "test change-rate --rate -1                              | --rate must be 0 to 10000000",
                "test change-rate --rate NaN                             | --rate must be 0 to 10000000",
                "test change-users --users -1                            | --users must be 0 to 1000000",
                "test stop --drain 2h                                    | --drain must be 0s to 1h",
                "test stop --drain 5                                     | no duration",
                "test kill --cluster a/b                                 | cluster name",
                "worker start --cluster a/b                              | cluster name",
                "worker start --worker-id a/b                            | --worker-id",
                "resource create users --count 0                         | --count must be 1",
                "resource list a/b                                       | a/b",
                "resource list users --limit 0                           | --limit",
                "resource list users --after -1                          | --after",
                "resource list users --state rented                      | --state must be one of available, leased",
                "resource list --state leased                            | say of which pool",
                "resource list ..                                        | no name for a pool",
                "resource ensure users                                   | --count",
                "resource delete users --item ..                         | --item must be the id of an item",
                "resource delete users --item 1?force=true               | --item must be the id of an item",
                "resource restore users --item 0                         | --item must be the id of an item",
                "resource quarantine users --item 1                      | --reason",
                "run --scenari x.java --users 1 --duration 1s            | '--scenari': did you mean --scenario?",
                "run --scenario x.java --users 1 --duratoin 1s --usrs 5  | --duratoin",
                "test start --usesr 5 --frobnicate                       | --usesr",
                "resource                                                | list",
                "infra                                                   | infra",
                "test                                                    | start",
            })
    void aWrongCommandLineIsOneLineThatNamesItAndExit2(String line, String named) {
        assertThat(vikhry(line.strip().split("\\s+"))).isEqualTo(Failure.USAGE);
        assertThat(err.toString().strip())
                .startsWith("vikhry: ")
                .contains(named)
                .doesNotContain("\n");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void aScenarioThatIsNotThereIsExit3() {
        assertThat(vikhry("validate", "--scenario", "Nowhere.java")).isEqualTo(Failure.SCENARIO);
        assertThat(err.toString().strip())
                .startsWith("vikhry: ")
                .contains("Nowhere.java")
                .doesNotContain("\n");
    }

    @Test
    void verboseAddsTheStackTrace() {
        assertThat(vikhry("validate", "--verbose", "--scenario", "Nowhere.java"))
                .isEqualTo(Failure.SCENARIO);
        assertThat(err.toString()).contains("\tat io.vikhry");
    }

    @Test
    void everyCommandHasHelp() {
        everyCommandHasHelp(Vikhry.commandLine());
    }

    @Test
    void aCommandThatIsNamedIsAllThatIsRead() {
        assertThat(Vikhry.commandLine("test", "kill").getSubcommands()).containsOnlyKeys("test");
        assertThat(Vikhry.commandLine("--verbose", "test").getSubcommands()).containsKeys("test", "run", "infra");
        Vikhry.commandLine()
                .getSubcommands()
                .forEach((name, command) -> assertThat(command.getCommandName()).isEqualTo(name));
    }

    private static void everyCommandHasHelp(CommandLine command) {
        assertThat(command.getUsageMessage()).contains("--help");
        if (command.getParent() != null) {
            assertThat(command.getCommandSpec().usageMessage().description())
                    .as(command.getCommandSpec().qualifiedName())
                    .isNotEmpty();
        }
        command.getSubcommands().values().forEach(UsageTest::everyCommandHasHelp);
    }
}
