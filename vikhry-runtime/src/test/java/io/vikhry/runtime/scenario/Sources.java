package io.vikhry.runtime.scenario;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes scenario sources for tests. */
public final class Sources {
    public static final String IMPORTS = """
            import io.vikhry.api.*;
            import java.net.URI;
            import java.time.Duration;
            import java.util.*;
            import java.util.concurrent.*;
            import java.util.concurrent.atomic.*;
            """;

    private Sources() {}

    public static Path write(Path directory, String name, String text) {
        try {
            return Files.writeString(directory.resolve(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException("test source", e);
        }
    }

    /** The class {@code name} with {@code body}, loaded. */
    public static LoadedScenario load(Path directory, String name, String body) {
        return LoadedScenario.load(ScenarioBundle.of(write(
                directory, name + ".java", IMPORTS + "public class " + name + " extends VU {\n" + body + "\n}\n")));
    }
}
