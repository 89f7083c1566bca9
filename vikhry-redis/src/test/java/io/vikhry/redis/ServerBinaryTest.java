package io.vikhry.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerBinaryTest {
    @TempDir
    Path cache;

    @BeforeEach
    void realPath() throws IOException {
        cache = cache.toRealPath();
    }

    @Test
    void theBundledOneIsUnpackedOnceForItsUserAlone() throws IOException {
        Path file = ServerBinary.bundled(cache).file();
        Object unpacked = Files.readAttributes(file, "unix:ino").get("ino");

        assertThat(ServerBinary.bundled(cache).file()).isEqualTo(file).isExecutable();
        assertThat(Files.readAttributes(file, "unix:ino")).containsEntry("ino", unpacked);
        assertThat(Files.getPosixFilePermissions(file)).isEqualTo(PosixFilePermissions.fromString("rwx------"));
    }

    @Test
    void oneThatOthersMayHavePutThereIsNotStarted() throws IOException {
        Path folder = ServerBinary.bundled(cache).file().getParent();
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));

        assertThatExceptionOfType(RedisUnavailableException.class)
                .isThrownBy(() -> ServerBinary.bundled(cache))
                .withMessageContaining("for others may write to " + folder + ": name a cache folder");
    }

    /** A volume of a container, say, that is everybody's. */
    @Test
    void foldersAboveItsOwnMayBeOthers() throws IOException {
        Path file = ServerBinary.bundled(cache).file();
        Files.setPosixFilePermissions(cache, PosixFilePermissions.fromString("rwxrwxrwx"));

        assertThat(ServerBinary.bundled(cache).file()).isEqualTo(file);
    }

    @Test
    void oneWhoseFolderIsSomebodyElsesIsNotStarted() throws IOException {
        Path folder = ServerBinary.bundled(cache).file().getParent();
        Required.part("root", givenAway(folder), "the test of another user's Redis needs root, and other users");

        assertThatExceptionOfType(RedisUnavailableException.class)
                .isThrownBy(() -> ServerBinary.bundled(cache))
                .withMessageContaining("for others may write to " + folder);
    }

    @Test
    void oneOfSomebodyElseIsNotStarted() throws IOException {
        Path file = ServerBinary.bundled(cache).file();
        Required.part("root", givenAway(file), "the test of another user's Redis needs root, and other users");

        assertThatExceptionOfType(RedisUnavailableException.class)
                .isThrownBy(() -> ServerBinary.bundled(cache))
                .withMessageContaining("for others may write to " + file);
    }

    /** Whether it could be: root of a container may know no user but itself. */
    private static boolean givenAway(Path file) {
        try {
            Files.setAttribute(file, "unix:uid", 4711);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void whereItCannotBeUnpackedTheRemedyIsNamed() throws IOException {
        Path file = Files.writeString(cache.resolve("file"), "");

        assertThatExceptionOfType(RedisUnavailableException.class)
                .isThrownBy(() -> ServerBinary.bundled(file))
                .withMessageContaining("could not be unpacked to " + file)
                .withMessageEndingWith("name a cache folder of your own with XDG_CACHE_HOME");
    }
}
