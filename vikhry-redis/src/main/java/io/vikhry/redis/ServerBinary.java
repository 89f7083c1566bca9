package io.vikhry.redis;

import com.sun.security.auth.module.UnixSystem;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A server program on this machine.
 *
 * @param file the executable
 * @param version its version
 * @param name what a reader is told: {@code "redis-server 7.2.4 (/usr/bin/redis-server)"}
 */
record ServerBinary(Path file, String version, String name) {
    static final String BUNDLED_VERSION = "7.0.15";

    private static final long ROOT = 0;
    private static final int OTHERS_WRITE = 0_002;
    private static final Pattern VERSION = Pattern.compile("\\bv=(\\d[\\w.-]*)");

    /** The first {@code redis-server} or {@code valkey-server} on the PATH that is new enough. */
    static ServerBinary onPath() {
        return onPath(Optional.ofNullable(System.getenv("PATH")).orElse(""));
    }

    static ServerBinary onPath(String path) {
        String tooOld = null;
        for (String program : List.of("redis-server", "valkey-server")) {
            for (String dir : path.split(Pattern.quote(File.pathSeparator))) {
                Path file = Path.of(dir.isEmpty() ? "." : dir, program);
                if (!Files.isExecutable(file) || Files.isDirectory(file)) {
                    continue;
                }
                String version = version(file);
                if (version != null && RedisServerInfo.majorOf(version) >= LocalRedis.OLDEST_MAJOR) {
                    return new ServerBinary(file, version, program + " " + version + " (" + file + ")");
                }
                tooOld =
                        tooOld == null ? file + " is " + (version == null ? "of an unknown version" : version) : tooOld;
            }
        }
        throw new RedisUnavailableException("no redis-server or valkey-server 7 or newer on the PATH"
                + (tooOld == null ? "" : " (" + tooOld + ")"));
    }

    private static @Nullable String version(Path file) {
        Matcher version = VERSION.matcher(
                Command.run(Duration.ofSeconds(5), file.toString(), "--version").output());
        return version.find() ? version.group(1) : null;
    }

    /** The binary that comes with vikhry, unpacked once into the user's cache. */
    static ServerBinary bundled() {
        String cache = System.getenv("XDG_CACHE_HOME");
        return bundled(
                cache == null || cache.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(cache));
    }

    static ServerBinary bundled(Path cache) {
        String resource = resource(System.getProperty("os.name"), System.getProperty("os.arch"));
        URL packed = ServerBinary.class.getResource("/" + resource);
        if (packed == null) {
            throw new RedisUnavailableException("no bundled Redis for this system (" + resource + ")");
        }
        Path dir = cache.resolve("vikhry").resolve("redis").resolve(BUNDLED_VERSION);
        Path file = dir.resolve(resource);
        try {
            if (!Files.isExecutable(file)
                    || Files.size(file) != packed.openConnection().getContentLengthLong()) {
                unpack(packed, dir, file);
            }
            requireOurs(file);
        } catch (IOException e) {
            throw new RedisUnavailableException(
                    "the bundled Redis could not be unpacked to " + dir + " (" + e
                            + "): name a cache folder of your own" + " with XDG_CACHE_HOME",
                    e);
        }
        return new ServerBinary(file, BUNDLED_VERSION, "bundled Redis " + BUNDLED_VERSION);
    }

    /**
     * What is run is what was unpacked, by the user or by root: the file and its folder are theirs, and nobody else may write to
     * them. Folders above are often another's, a home that is mounted or a volume for all; who owns those could put a folder of
     * their own in place of this one, and is found by it.
     */
    private static void requireOurs(Path file) throws IOException {
        long user = new UnixSystem().getUid();
        Path real = file.toRealPath();
        for (Path each : List.of(real.getParent(), real)) {
            long owner = ((Number) Files.getAttribute(each, "unix:uid")).longValue();
            int mode = (Integer) Files.getAttribute(each, "unix:mode");
            if ((owner != user && owner != ROOT) || (mode & OTHERS_WRITE) != 0) {
                throw new RedisUnavailableException("the bundled Redis is not started from " + file + ", for others may"
                        + " write to " + each + ": name a cache folder of your own with XDG_CACHE_HOME");
            }
        }
    }

    /** Through a file of its own and a rename, so that two processes at once, or a crash, leave no half of it. */
    private static void unpack(URL packed, Path dir, Path file) throws IOException {
        Files.createDirectories(dir);
        Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwx------"));
        Path part = Files.createTempFile(dir, "unpacking", ".part");
        try (InputStream in = packed.openStream()) {
            Files.copy(in, part, StandardCopyOption.REPLACE_EXISTING);
            Files.setPosixFilePermissions(part, PosixFilePermissions.fromString("rwx------"));
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    static String resource(String osName, String osArch) {
        String os = osName.toLowerCase(Locale.ROOT);
        String arch = switch (osArch.toLowerCase(Locale.ROOT)) {
            case "amd64", "x86_64", "x64" -> "amd64";
            case "aarch64", "arm64" -> "arm64";
            case "x86", "i386", "i686" -> "386";
            default -> osArch;
        };
        String system = os.contains("mac") || os.contains("darwin") ? "darwin" : os.contains("linux") ? "linux" : os;
        return "redis-server-" + BUNDLED_VERSION + "-" + system + "-" + arch;
    }
}
