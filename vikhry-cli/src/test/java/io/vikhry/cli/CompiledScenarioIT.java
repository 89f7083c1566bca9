package io.vikhry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher, a compiler of its own, and what both keep. */
@Tag("beside")
class CompiledScenarioIT {
    private static final String SHOP = """
            import io.vikhry.api.*;

            public class SmallVU extends VU {
                @Step
                void look() {}
            }
            """;
    private static final String JAVAC = "com.sun.tools.javac.";

    @TempDir
    Path dir;

    private Command vikhry;

    @BeforeEach
    void files() throws Exception {
        vikhry = new Command(dir);
        Files.writeString(dir.resolve("SmallVU.java"), SHOP);
    }

    @AfterEach
    void clean() {
        vikhry.clean();
    }

    @Test
    void noCompilerIsLoadedWhereLoadIsGenerated() throws Exception {
        assertThat(loaded("")).doesNotContain(JAVAC);
        assertThat(kept()).hasSize(1);
    }

    @Test
    void aRunLoadsNothingOfWhatItDoesNotUse() throws Exception {
        Files.writeString(dir.resolve("SmallVU.java"), """
                import io.vikhry.api.*;

                public class SmallVU extends VU {
                    @Step(every = "200ms")
                    void look() { http(java.net.URI.create("http://127.0.0.1:9")).build().get("/").send(); }
                }
                """);
        Path log = dir.resolve("classes");

        vikhry.run(
                        environment("-Xlog:class+load:file=" + log),
                        "run",
                        "--scenario",
                        "SmallVU.java",
                        "--users",
                        "1",
                        "--duration",
                        "1s")
                .expect(0);

        assertThat(Files.readString(log))
                .contains("io.vikhry.runtime.http.HttpClient ")
                .doesNotContain(
                        JAVAC,
                        "jdk.internal.net.http.",
                        "sun.security.ssl.SSLContextImpl",
                        "jdk.jfr.internal.TypeLibrary");
    }

    @Test
    void aScenarioThatIsKeptNeedsNoCompilerAtAll() throws Exception {
        loaded("");

        assertThat(loaded("-Dvikhry.compile.jvm=-XX:NoSuchOption")).doesNotContain(JAVAC);
        assertThat(kept()).hasSize(1);
    }

    @Test
    void withoutAProcessForTheCompilerItIsCompiledHere() throws Exception {
        assertThat(loaded("-Dvikhry.compile.jvm=-XX:NoSuchOption")).contains(JAVAC);
        assertThat(kept()).hasSize(1);
    }

    @Test
    void aDamagedOneIsCompiledAgain() throws Exception {
        loaded("");
        byte[] whole = Files.readAllBytes(kept().getFirst());
        Files.write(kept().getFirst(), new byte[] {1, 2, 3});

        loaded("");

        assertThat(Files.readAllBytes(kept().getFirst())).isEqualTo(whole);
    }

    @Test
    void whatTheCompilerSaysArrivesWhole() throws Exception {
        Files.writeString(
                dir.resolve("SmallVU.java"), SHOP.replace("look() {}", "look() { int i = \"\u00e9ins\"; luk(); }"));

        Command.Ended ended = validate("").expect(Failure.SCENARIO);
        assertThat(ended.err())
                .startsWith("vikhry: SmallVU.java:5: incompatible types")
                .contains("first of 2 errors")
                .hasLineCount(1);

        String all = vikhry.run(environment(""), "validate", "--scenario", "SmallVU.java", "--verbose")
                .expect(Failure.SCENARIO)
                .err();
        assertThat(all).contains("int i = \"\u00e9ins\"", "cannot find symbol");
        assertThat(dir.resolve("cache/vikhry/compiled")).doesNotExist();
    }

    @Test
    void aFolderInWhichOthersMayWriteIsNotUsedAndItIsSaid() throws Exception {
        Path kept = Files.createDirectories(dir.resolve("cache/vikhry/compiled"));
        Files.setPosixFilePermissions(kept, PosixFilePermissions.fromString("rwxrwxrwx"));
        Path temporary = Files.createDirectory(dir.resolve("tmp"));

        Command.Ended ended = validate("-Djava.io.tmpdir=" + temporary).expect(0);

        assertThat(ended.err())
                .startsWith("vikhry: " + kept + " may be written to by others")
                .contains("XDG_CACHE_HOME")
                .hasLineCount(1);
        assertThat(kept()).isEmpty();
        assertThat(temporary).isEmptyDirectory();
        assertThat(loaded("")).doesNotContain(JAVAC);
    }

    @Test
    void twoStartsAtOnceBothGoWell() throws Exception {
        Process first = vikhry.start(environment(""), "validate", "--scenario", "SmallVU.java");
        Process second = vikhry.start(environment(""), "validate", "--scenario", "SmallVU.java");

        for (Process each : List.of(first, second)) {
            assertThat(each.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(each.exitValue()).isZero();
        }
        assertThat(kept()).hasSize(1);
        loaded("-Dvikhry.compile.jvm=-XX:NoSuchOption");
    }

    /** The classes that the command's own JVM loads while it reads the scenario. */
    private String loaded(String options) throws Exception {
        Path log = Files.createTempFile(dir, "classes", "");
        validate(options + " -Xlog:class+load:file=" + log).expect(0);
        return Files.readString(log);
    }

    private Command.Ended validate(String options) throws Exception {
        return vikhry.run(environment(options), "validate", "--scenario", "SmallVU.java");
    }

    private Map<String, String> environment(String options) {
        return Map.of(
                "XDG_CACHE_HOME", dir.resolve("cache").toString(), "VIKHRY_JAVA_OPTS", options, "LC_ALL", "C.UTF-8");
    }

    private List<Path> kept() throws IOException {
        try (Stream<Path> files = Files.list(dir.resolve("cache/vikhry/compiled"))) {
            return files.toList();
        }
    }
}
