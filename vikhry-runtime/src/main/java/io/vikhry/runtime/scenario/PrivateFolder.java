package io.vikhry.runtime.scenario;

import com.sun.security.auth.module.UnixSystem;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/**
 * A folder in which nobody but its user could have put anything. What lies in it is run, so each look at it asks again.
 *
 * <p>It belongs to the user and only the user may write there; and nobody else can put another in its place: the folders above belong to
 * the user or to root, and where all may write there (as in {@code /tmp}), only owners may move what is theirs. A group that may
 * write above is trusted, for on many systems each user's group is the user's alone; it could not own what it puts there.
 */
final class PrivateFolder {
    private static final int OTHERS_WRITE = 0_002;
    private static final int GROUP_WRITES = 0_020;
    private static final int STICKY = 0_1000;
    private static final long ROOT = 0;
    private static final FileAttribute<?> USERS_ALONE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private final Path path;
    private final long user;

    /** Of the user whose process this is. */
    PrivateFolder(Path path) {
        this(path, new UnixSystem().getUid());
    }

    /** Of the user with the number {@code user}. */
    PrivateFolder(Path path, long user) {
        this.path = path.toAbsolutePath();
        this.user = user;
    }

    /** Why it is not the user's alone, in words that go on after its path; empty if it is, or would be if it were made. */
    Optional<String> fault() {
        try {
            if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
                checked();
            } else {
                checkAbove(path);
            }
            return Optional.empty();
        } catch (NotPrivate e) {
            return Optional.of(e.words);
        } catch (IOException | UnsupportedOperationException e) {
            return Optional.of("cannot be looked at (" + e + ")");
        }
    }

    /**
     * Where it really lies, without the links on the way, which others might turn elsewhere.
     *
     * @throws IOException if it is not there, or not the user's alone
     */
    Path checked() throws IOException {
        Path real = path.toRealPath();
        if (owner(real) != user) {
            throw new NotPrivate("belongs to " + Files.getOwner(real).getName());
        }
        if ((mode(real) & (GROUP_WRITES | OTHERS_WRITE)) != 0) {
            throw new NotPrivate("may be written to by others");
        }
        checkAbove(real);
        return real;
    }

    private void checkAbove(Path folder) throws IOException {
        Path above = folder.getParent();
        while (above != null && !Files.exists(above)) {
            above = above.getParent();
        }
        for (Path each = above == null ? null : above.toRealPath(); each != null; each = each.getParent()) {
            if (owner(each) != user && owner(each) != ROOT) {
                throw new NotPrivate("lies in " + each + ", which belongs to "
                        + Files.getOwner(each).getName());
            }
            if ((mode(each) & (OTHERS_WRITE | STICKY)) == OTHERS_WRITE) {
                throw new NotPrivate("lies in " + each + ", where others may write");
            }
        }
    }

    /** What is wrong with a folder, in words that go on after its path. */
    private static final class NotPrivate extends IOException {
        private final String words;

        NotPrivate(String words) {
            super(words);
            this.words = words;
        }
    }

    /** Whether what is kept in it would be there afterwards: it may not be there yet, or its place may be read only. */
    boolean takesFiles() {
        Path there = path;
        while (there != null && !Files.exists(there)) {
            there = there.getParent();
        }
        return there != null && Files.isDirectory(there) && Files.isWritable(there) && fault().isEmpty();
    }

    /** Makes it, for its user alone. */
    void make() throws IOException {
        Path above = path.getParent();
        if (above != null) {
            Files.createDirectories(above);
        }
        try {
            Files.createDirectory(path, USERS_ALONE);
        } catch (FileAlreadyExistsException e) {
            // Before, or at this moment by another start; whose it is, the next look tells.
            return;
        }
    }

    private static long owner(Path file) throws IOException {
        return ((Number) Files.getAttribute(file, "unix:uid")).longValue();
    }

    private static int mode(Path file) throws IOException {
        return (Integer) Files.getAttribute(file, "unix:mode");
    }
}
