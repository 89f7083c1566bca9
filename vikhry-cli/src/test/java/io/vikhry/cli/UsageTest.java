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
                "frobnicate                                              | no command 'frobnicate': there are demo, run",
                "tset start                                              | infra, test, resource",
                "test stat                                               | no command 'stat': there are change-rate",
                "run ShopVU.java --users 1 --duration 1s                 | did you mean --scenario ShopVU.java?",
                "prepare now                                             | 'now' belongs to no option",
                "demo --redis sky                                        | --redis must be auto, url, path, bundled or docker",
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
                "test kill --redis-url redis://127.0.0.1:70000           | --redis-url must name a port of 1 to 65535, not 70000",
                "test kill --redis-url redis://127.0.0.1:0               | --redis-url must name a port of 1 to 65535, not 0",
                "test kill --redis-url redis://127.0.0.1:abc             | --redis-url must name a port of 1 to 65535, not abc",
                "test kill --redis-url 127.0.0.1:6379                    | --redis-url is no URL of a Redis: write redis://",
                "test kill --redis-url redis://:secret@                  | --redis-url is no URL of a Redis",
                "test kill --redis-url redis://a%zz@127.0.0.1            | --redis-url is no URL of a Redis",
                "test kill --redis-url redis://127.0.0.1/first           | --redis-url is no URL of a Redis",
                "test kill --redis-url redis+sentinel://127.0.0.1        | --redis-url is no URL of a Redis",
                "test kill --redis-url redis+sentinel://a,b:70000#m      | --redis-url must name a port",
                "worker start --redis-url http://127.0.0.1               | --redis-url is no URL of a Redis",
                "orchestrator start --redis-url redis://h:70000          | --redis-url must name a port",
                "run --scenario x --users 1 --duration 1s --redis-url redis://h:70000 | --redis-url must name a port",
                "infra redis start --redis-url redis+sentinel://h#m      | --redis-url must name the Redis itself here",
                "infra redis start --redis-port 70000                    | --redis-port must be 0 to 65535, not 70000",
                "infra redis start --redis url                           | --redis url needs the address",
                "infra up --worker-count 1 --scenario x --cluster a/b    | cluster name",
                "run --scenario x --users 1 --duration 1s --port -1      | --port must be 0 to 65535, not -1",
                "demo --port x                                           | --port must be 0 to 65535, not x",
                "demo --redis-port 70000                                 | --redis-port must be 0 to 65535, not 70000",
                "demo-target --foreground                                | Unknown option: '--foreground'",
                "demo-target --port 70000                                | --port must be 0 to 65535, not 70000",
                "orchestrator start --port 99999999999                   | --port must be 0 to 65535",
                "orchestrator start --host 192.0.2.1                     | --host 192.0.2.1 is no address of this machine",
                "test status --orchestrator-url http://127.0.0.1:70000   | --orchestrator-url must name a port of 1 to 65535",
                "test status --orchestrator-url 127.0.0.1:8080           | --orchestrator-url must be the URL",
                "test status --orchestrator-url http://                  | --orchestrator-url must be the URL",
                "test kill --orchestrator-url http://x:y                 | --orchestrator-url must name a port",
                "test watch --orchestrator-url http://[::1               | --orchestrator-url must be the URL",
                "resource list --orchestrator-url http://h/a?b=c         | --orchestrator-url must be the URL",
                "demo --users 99999999999                                | --users must be a smaller number",
                "test change-rate --rate much                            | --rate must be a number, not much",
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
                .doesNotContain("\n", "secret");
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
