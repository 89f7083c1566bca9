package io.vikhry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("beside")
class WrongInputIT {
    private static final String BROKEN = "public class BrokenVU extends io.vikhry.api.VU { int x = \"text\"; }\n";
    private static final String LOST = """
            import io.vikhry.api.*;

            public class LostVU extends VU {
                @Step(requires = "logn")
                void login() {}
            }
            """;

    @TempDir
    Path dir;

    private Command vikhry;

    @BeforeEach
    void files() throws Exception {
        vikhry = new Command(dir);
        Files.writeString(dir.resolve("BrokenVU.java"), BROKEN);
        Files.writeString(dir.resolve("LostVU.java"), LOST);
        Files.copy(Command.distribution().resolve("examples/shop/ShopVU.java"), dir.resolve("ShopVU.java"));
    }

    @AfterEach
    void clean() {
        vikhry.clean();
    }

    static Stream<Arguments> wrong() {
        String run = "run --users 1 --duration 1s --scenario ";
        return Stream.of(
                Arguments.of(run + "Missing.java", Failure.SCENARIO, "Missing.java"),
                Arguments.of("infra up --worker-count 1 --scenario Missing.java", Failure.SCENARIO, "Missing.java"),
                Arguments.of(run + "BrokenVU.java", Failure.SCENARIO, "BrokenVU.java:1"),
                Arguments.of("infra up --worker-count 1 --scenario BrokenVU.java", Failure.SCENARIO, "BrokenVU.java:1"),
                Arguments.of(run + "LostVU.java", Failure.SCENARIO, "logn"),
                Arguments.of(run + "ShopVU.java --param colour=red", Failure.SCENARIO, "colour"),
                Arguments.of(run + "ShopVU.java --param items=many", Failure.SCENARIO, "items"),
                Arguments.of(run + "ShopVU.java --allow-host http://shop.test", Failure.USAGE, "http://shop.test"),
                Arguments.of(run + "ShopVU.java --allow-host shop.test:99999", Failure.USAGE, "1 to 65535"),
                Arguments.of(run + "ShopVU.java --max-rps 0", Failure.USAGE, "--max-rps"),
                Arguments.of(run + "ShopVU.java --max-users 0", Failure.USAGE, "--max-users"),
                Arguments.of(
                        "run --duration 1s --scenario ShopVU.java --users 3 --max-users 2",
                        Failure.USAGE,
                        "--users 3 are more than --max-users 2"),
                Arguments.of("test kill --redis-url redis://127.0.0.1:1", Failure.ENVIRONMENT, "127.0.0.1:1"),
                Arguments.of(run + "ShopVU.java --report-json .", Failure.USAGE, "is a folder"),
                Arguments.of("run --duration 1s --scenario ShopVU.java --users -1", Failure.USAGE, "--users"),
                Arguments.of(
                        run + "ShopVU.java --redis url --redis-url redis://127.0.0.1:1",
                        Failure.ENVIRONMENT,
                        "127.0.0.1:1"),
                Arguments.of("test status --orchestrator-url http://127.0.0.1:1", Failure.ENVIRONMENT, "127.0.0.1:1"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrong")
    void isOneLineAndAnExitCodeAndNothingIsLeft(String line, int code, String named) throws Exception {
        expectRefused(vikhry.run(line.split(" ")), code, named);
        assertThat(vikhry.home().resolve("logs"))
                .satisfiesAnyOf(
                        logs -> assertThat(logs).doesNotExist(),
                        logs -> assertThat(logs).isEmptyDirectory());
    }

    @Test
    void aTakenPortIsNamed() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = String.valueOf(taken.getLocalPort());
            for (List<String> more :
                    List.of(List.of("--port", port), List.of("--redis", "bundled", "--redis-port", port))) {
                var up = Stream.concat(
                        Stream.of("infra", "up", "--worker-count", "1", "--scenario", "ShopVU.java"), more.stream());
                expectRefused(vikhry.run(up.toArray(String[]::new)), Failure.ENVIRONMENT, port);
            }
        }
    }

    @Test
    void noRedisIsOneLineThatNamesTheWays() throws Exception {
        Path bin = Files.createDirectory(dir.resolve("bin"));
        for (String tool : List.of("bash", "sh", "dirname", "readlink", "cat", "grep", "env")) {
            Path real = Stream.of("/bin/", "/usr/bin/")
                    .map(p -> Path.of(p + tool))
                    .filter(Files::exists)
                    .findFirst()
                    .orElseThrow();
            Files.createSymbolicLink(bin.resolve(tool), real);
        }
        Map<String, String> nowhere = Map.of("PATH", bin.toString());
        String[] up = {"infra", "up", "--worker-count", "1", "--scenario", "ShopVU.java", "--redis", "path"};
        expectRefused(vikhry.run(nowhere, up), Failure.ENVIRONMENT, "redis-server or valkey-server 7");
        up[7] = "docker";
        expectRefused(vikhry.run(nowhere, up), Failure.ENVIRONMENT, "no Docker or Podman engine");
    }

    private void expectRefused(Command.Ended ended, int code, String named) {
        ended.expect(code);
        assertThat(ended.err().strip()).startsWith("vikhry: ").contains(named).doesNotContain("\n");
        vikhry.expectNothingLeft();
    }
}
