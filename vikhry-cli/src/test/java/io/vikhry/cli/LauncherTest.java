package io.vikhry.cli;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.assertj.core.api.Assertions.assertThat;

import io.vikhry.redis.Required;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The start script, with a JDK that only says how it was called. */
class LauncherTest {
    private static final String JAVA = """
            #!/usr/bin/env bash
            for argument in "$@"; do
                case $argument in -XX:AOTCacheOutput=*) echo cache >"${argument#*=}"; echo cache >"${argument#*=}.compiler" ;; esac
            done
            printf '%s\\n' "$@"
            """;
    private static final int SOMEBODY = 4711;
    private static final int LIMIT_SECONDS = 30;

    @TempDir
    Path dir;

    private String umask = "022";
    private Path installed;
    private Path jdk;

    @BeforeEach
    void install() throws IOException {
        installed = dir.resolve("vikhry");
        jdk = dir.resolve("jdk");
        program(jdk.resolve("bin/java"), JAVA);
        program(jdk.resolve("bin/javac"), JAVA);
        Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"25\"\n");
        program(installed.resolve("bin/vikhry"), Files.readString(Path.of("src/assembly/vikhry")));
        program(installed.resolve("bin/find-jdk"), Files.readString(Path.of("../build/find-jdk")));
        Files.createDirectories(installed.resolve("lib"));
        Files.writeString(installed.resolve("lib/vikhry-cli.jar"), "");
        try (Stream<Path> all = Files.walk(dir)) { // somebody else is to start it, whatever the umask says
            for (Path each : all.toList()) {
                Files.setPosixFilePermissions(each, PosixFilePermissions.fromString("rwxr-xr-x"));
            }
        }
    }

    private static void program(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @Test
    void aCacheOfOnesOwnIsUsed() throws Exception {
        vikhry(List.of(), dir.resolve("mine"), "prepare").expect("vikhry starts quickly from now on");

        vikhry(List.of(), dir.resolve("mine"), "run").expect("-XX:AOTCache=" + dir.resolve("mine/vikhry/start"));
        vikhry(List.of(), dir.resolve("another"), "run").expectNot("-XX:AOTCache=");
    }

    @Test
    void aCacheThatCameWithTheDistributionIsUsedByThoseWhoHaveNone() throws Exception {
        vikhry(List.of(), installed.resolve("cache"), "prepare");

        vikhry(List.of(), dir.resolve("mine"), "run")
                .expect("-XX:AOTCache=" + installed.resolve("lib/../cache/vikhry/start"))
                .expect("-compiler.aot");
    }

    @Test
    void aCacheOfRootsIsUsedByAnyUserAndOneThatOthersMayWriteToByNone() throws Exception {
        Required.part("root", rootAndMayBeAnother(), "the test of another user's start needs root and setpriv");
        List<String> asSomebody = List.of("setpriv", "--reuid=" + SOMEBODY, "--regid=" + SOMEBODY, "--clear-groups");
        vikhry(List.of(), installed.resolve("cache"), "prepare");

        vikhry(asSomebody, dir.resolve("nowhere"), "run")
                .expect("-XX:AOTCache=" + installed.resolve("lib/../cache/vikhry/start"))
                .expect("-compiler.aot")
                .expectNot("is not yours");

        for (Path cache : caches()) {
            Files.setPosixFilePermissions(cache, PosixFilePermissions.fromString("rw-rw-r--"));
        }
        vikhry(asSomebody, dir.resolve("nowhere"), "run")
                .expectNot("-XX:AOTCache=")
                .expect("is not yours: it is not used, and this start takes longer");

        for (Path cache : caches()) {
            Files.setPosixFilePermissions(cache, PosixFilePermissions.fromString("rw-r--r--"));
            Files.setAttribute(cache, "unix:uid", SOMEBODY + 1);
        }
        vikhry(asSomebody, dir.resolve("nowhere"), "run").expectNot("-XX:AOTCache=");
        vikhry(asSomebody, dir.resolve("nowhere"), "test").expectNot("is not yours");

        vikhry(List.of(), dir.resolve("another"), "prepare");
        try (Stream<Path> mine = Files.list(dir.resolve("another/vikhry/start"))) {
            for (Path cache : mine.toList()) {
                Files.copy(cache, caches().getFirst().resolveSibling(cache.getFileName()), REPLACE_EXISTING);
                Files.setAttribute(cache, "unix:uid", SOMEBODY + 1);
            }
        }
        vikhry(asSomebody, dir.resolve("another"), "run")
                .expect("-XX:AOTCache=" + installed.resolve("lib/../cache/vikhry/start"))
                .expectNot("is not yours");
    }

    @Test
    void whatIsUnderLoadHasTheJvmAtItsBest() throws Exception {
        String best = "-XX:CompileCommand=quiet";
        String asked = "(?s)" + best + ".*-Dvikhry.load.jvm=.*" + best;

        assertThat(vikhry(List.of(), dir.resolve("mine"), "demo-target").text()).containsPattern(asked);
        assertThat(vikhry(List.of(), dir.resolve("mine"), "test").text()).doesNotContainPattern(asked);
    }

    @Test
    void whereNothingCanBeKeptItIsOneLine() throws Exception {
        Path file = Files.writeString(dir.resolve("file"), "");

        Said said = vikhry(List.of(), file, "prepare");

        assertThat(said.text().strip())
                .isEqualTo("vikhry: nothing can be kept in " + file
                        + "/vikhry/start: name a cache folder of your own with XDG_CACHE_HOME");
    }

    @Test
    void aJdkThatIsNamedAndIsNoneIsNotPassedOver() throws Exception {
        Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"17.0.9\"\n");

        assertThat(vikhry(List.of(), dir.resolve("mine"), "run").text().strip())
                .isEqualTo("vikhry: VIKHRY_JAVA_HOME names " + jdk
                        + ", which is no JDK 25 or newer: set it to one, or unset it to have one looked for.");
    }

    @Test
    void whatIsPreparedMayBeWrittenToByItsOwnerAlone() throws Exception {
        umask = "000";
        vikhry(List.of(), installed.resolve("cache"), "prepare").expect("vikhry starts quickly from now on");

        assertThat(caches())
                .hasSize(2)
                .allSatisfy(cache -> assertThat(Files.getPosixFilePermissions(cache))
                        .doesNotContain(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE));
        assertThat(Files.getPosixFilePermissions(installed.resolve("cache/vikhry/start")))
                .doesNotContain(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);
    }

    private List<Path> caches() throws IOException {
        try (Stream<Path> files = Files.list(installed.resolve("cache/vikhry/start"))) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    private boolean rootAndMayBeAnother() throws Exception {
        if (!System.getProperty("user.name").equals("root")) {
            return false;
        }
        String program = installed.resolve("bin/vikhry").toString();
        try {
            return new ProcessBuilder(
                                    "setpriv",
                                    "--reuid=" + SOMEBODY,
                                    "--regid=" + SOMEBODY,
                                    "--clear-groups",
                                    "test",
                                    "-x",
                                    program)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private record Said(String text) {
        Said expect(String words) {
            assertThat(text).contains(words);
            return this;
        }

        Said expectNot(String words) {
            assertThat(text).doesNotContain(words);
            return this;
        }
    }

    private Said vikhry(List<String> as, Path caches, String... arguments) throws Exception {
        Path said = dir.resolve("said");
        List<String> command = new ArrayList<>(List.of("sh", "-c", "umask " + umask + "; exec \"$@\"", "sh"));
        command.addAll(as);
        command.add(installed.resolve("bin/vikhry").toString());
        command.addAll(List.of(arguments));
        ProcessBuilder start = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(said.toFile());
        start.environment().put("VIKHRY_JAVA_HOME", jdk.toString());
        start.environment().put("XDG_CACHE_HOME", caches.toString());
        start.environment().remove("VIKHRY_JAVA_OPTS");
        Process process = start.start();
        try {
            assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS))
                    .as("ends")
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        return new Said(Files.readString(said, StandardCharsets.UTF_8));
    }
}
