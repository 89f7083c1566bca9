package io.vikhry.cli.local;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.vikhry.cli.Failure;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The folder in which vikhry keeps state files, logs and runs: {@code $VIKHRY_HOME}, or {@code vikhry} in
 * {@code $XDG_STATE_HOME} (by default {@code ~/.local/state}). Only the user can read it: state files hold passwords.
 */
public final class Home {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build();

    private final Path dir;

    private Home(Path dir) {
        this.dir = dir;
    }

    /** The one that the environment names; made if it is not there. */
    public static Home current() {
        return in(location());
    }

    /** The one in that folder; made if it is not there. */
    public static Home in(Path folder) {
        Home home = new Home(folder);
        home.folder("");
        return home;
    }

    /** Where it is or will be. */
    public static Path location() {
        String given = System.getenv("VIKHRY_HOME");
        if (given != null && !given.isEmpty()) {
            return Path.of(given).toAbsolutePath();
        }
        String state = System.getenv("XDG_STATE_HOME");
        Path base = state == null || state.isEmpty()
                ? Path.of(System.getProperty("user.home"), ".local", "state")
                : Path.of(state);
        return base.resolve("vikhry");
    }

    /** The folder itself. */
    public Path path() {
        return dir;
    }

    /** A folder in it, made if it is not there. */
    public Path folder(String name) {
        Path folder = dir.resolve(name);
        try {
            Files.createDirectories(folder);
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        } catch (FileAlreadyExistsException e) {
            throw Failure.environment(folder + " is a file: set VIKHRY_HOME to a folder", e);
        } catch (IOException e) {
            throw Failure.environment(
                    "cannot write to " + folder + " (" + e.getMessage() + "): set VIKHRY_HOME to a folder"
                            + " of your own",
                    e);
        }
        return folder;
    }

    /** The log of a process of this name. */
    public Path log(String name) {
        return folder("logs").resolve(name + ".log");
    }

    /** Deletes the logs whose names begin so. */
    public void forgetLogs(String prefix) {
        Path logs = folder("logs");
        try (Stream<Path> files = Files.list(logs)) {
            for (Path log : files.filter(
                            f -> f.getFileName().toString().matches(Pattern.quote(prefix) + "(-.*)?\\.log"))
                    .toList()) {
                Files.deleteIfExists(log);
            }
        } catch (IOException e) {
            throw Failure.environment("cannot delete logs in " + logs + " (" + e.getMessage() + ")", e);
        }
    }

    /** Deletes the log of this name if nothing was written to it. */
    public void forgetEmptyLog(String name) {
        Path log = log(name);
        try {
            if (Files.exists(log) && Files.size(log) == 0) {
                Files.delete(log);
            }
        } catch (IOException e) {
            throw Failure.environment("cannot delete " + log + " (" + e.getMessage() + ")", e);
        }
    }

    /** Reads a state file; empty if there is none. */
    public <T> Optional<T> read(String name, Class<T> type) {
        Path file = dir.resolve(name + ".json");
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(JSON.readValue(file.toFile(), type));
        } catch (IOException e) {
            throw Failure.environment(file + " cannot be read: delete it, and end what it named by hand", e);
        }
    }

    /** Writes a state file whole or not at all. */
    public void write(String name, Object state) {
        Path file = dir.resolve(name + ".json");
        try {
            Path part = Files.createTempFile(dir, name, ".part"); // 0600 from the start
            JSON.writeValue(part.toFile(), state);
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw Failure.environment("cannot write " + file + " (" + e.getMessage() + ")", e);
        }
    }

    /** Deletes a state file. */
    public void forget(String name) {
        try {
            Files.deleteIfExists(dir.resolve(name + ".json"));
        } catch (IOException e) {
            throw Failure.environment("cannot delete " + dir.resolve(name + ".json") + " (" + e.getMessage() + ")", e);
        }
    }
}
