package io.vikhry.runtime.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrivateFolderTest {
    @TempDir
    Path dir;

    private Path above;
    private Path folder;

    @BeforeEach
    void names() throws IOException {
        dir = dir.toRealPath();
        above = Files.createDirectory(dir.resolve("above"));
        folder = above.resolve("folder");
    }

    @Test
    void whatIsMadeIsTheUsersAlone() throws IOException {
        PrivateFolder made = new PrivateFolder(folder);
        assertThat(made.fault()).isEmpty();
        assertThat(made.takesFiles()).isTrue();

        made.make();
        made.make();

        assertThat(Files.getPosixFilePermissions(folder)).isEqualTo(PosixFilePermissions.fromString("rwx------"));
        assertThat(made.fault()).isEmpty();
        assertThat(made.checked()).isEqualTo(folder);
    }

    @Test
    void oneThatSomebodyElseMadeIsNot() throws IOException {
        new PrivateFolder(folder).make();

        PrivateFolder others = new PrivateFolder(folder, owner() + 1);

        assertThat(others.fault()).hasValueSatisfying(words -> assertThat(words).startsWith("belongs to "));
        assertThat(others.takesFiles()).isFalse();
        assertThatIOException().isThrownBy(others::checked).withMessageStartingWith("belongs to ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rwxrwx---", "rwx----w-", "rwxrwxrwx"})
    void oneInWhichOthersMayWriteIsNot(String permissions) throws IOException {
        Files.createDirectory(folder);
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(permissions));

        assertThat(new PrivateFolder(folder).fault()).contains("may be written to by others");
        assertThatIOException().isThrownBy(() -> new PrivateFolder(folder).checked());
    }

    @Test
    void oneThatOthersMayExchangeIsNot() throws IOException {
        new PrivateFolder(folder).make();
        Files.setPosixFilePermissions(above, PosixFilePermissions.fromString("rwxrwxrwx"));

        assertThat(new PrivateFolder(folder).fault()).contains("lies in " + above + ", where others may write");
        assertThat(new PrivateFolder(above.resolve("not-there-yet")).fault())
                .contains("lies in " + above + ", where others may write");
    }

    @Test
    void aGroupMayWriteAbove() throws IOException {
        new PrivateFolder(folder).make();
        Files.setPosixFilePermissions(above, PosixFilePermissions.fromString("rwxrwxr-x"));

        assertThat(new PrivateFolder(folder).fault()).isEmpty();
    }

    @Test
    void whereOnlyOwnersMayMoveWhatIsTheirsItIs() throws IOException {
        new PrivateFolder(folder).make();
        Files.setAttribute(above, "unix:mode", 0_1777);

        assertThat(new PrivateFolder(folder).fault()).isEmpty();
    }

    @Test
    void aLinkIsFollowedOnce() throws IOException {
        Path real = dir.resolve("real");
        new PrivateFolder(real).make();
        Files.createSymbolicLink(folder, real);

        assertThat(new PrivateFolder(folder).checked()).isEqualTo(real);

        Files.setPosixFilePermissions(real, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThat(new PrivateFolder(folder).fault()).contains("may be written to by others");
    }

    private long owner() throws IOException {
        return ((Number) Files.getAttribute(folder, "unix:uid")).longValue();
    }
}
