package io.vikhry.runtime.scenario;

import io.vikhry.api.VU;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One source file as it was when it was read, and what it may use. */
final class SourceFile {
    private final Path path;
    private final byte[] content;
    private final Set<Path> classPath;

    private SourceFile(Path path, byte[] content, Set<Path> classPath) {
        this.path = path;
        this.content = content;
        this.classPath = classPath;
    }

    /** One that may use the scenario API, JSpecify and SLF4J, as they run here. */
    static SourceFile read(Path path) {
        return read(path, apiPath());
    }

    static SourceFile read(Path path, Set<Path> classPath) {
        try {
            return new SourceFile(path, Files.readAllBytes(path), classPath);
        } catch (IOException e) {
            throw new ScenarioException("cannot read " + path + ": " + e.getMessage(), "", e);
        }
    }

    Path path() {
        return path;
    }

    /** Where the classes lie that it may use. */
    Set<Path> classPath() {
        return classPath;
    }

    String text() {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(content))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new ScenarioException(path.getFileName() + " is no text in UTF-8: save it as such", "", e);
        }
    }

    /** SHA-256 of all that its classes depend on: its name and content, the compiler and its options, the classes it may use. */
    String digest() {
        PartsDigest digest = new PartsDigest();
        for (String name : List.of("java.vendor", "java.runtime.version")) {
            digest.add(System.getProperty(name, ""));
        }
        Compilation.OPTIONS.forEach(digest::add);
        digest.add(String.valueOf(path.getFileName())).add(content);
        try {
            for (Path place : classPath) {
                digest.add("class path");
                addAll(digest, place);
            }
        } catch (IOException | UncheckedIOException e) {
            throw new ScenarioException("cannot read what scenarios are compiled against: " + e.getMessage(), "", e);
        }
        return HexFormat.of().formatHex(digest.bytes());
    }

    /** Of a jar its bytes; of a folder, which a build or an editor makes, all its files. */
    private static void addAll(PartsDigest digest, Path place) throws IOException {
        if (!Files.isDirectory(place)) {
            digest.add(Files.readAllBytes(place));
            return;
        }
        try (Stream<Path> files = Files.walk(place)) {
            for (Path each : files.filter(Files::isRegularFile).sorted().toList()) {
                digest.add(place.relativize(each).toString()).add(Files.readAllBytes(each));
            }
        }
    }

    private static Set<Path> apiPath() {
        Set<Path> path = new LinkedHashSet<>();
        for (String name : List.of(VU.class.getName(), "org.jspecify.annotations.Nullable", "org.slf4j.Logger")) {
            Path place = locate(name);
            if (place != null) {
                path.add(place);
            }
        }
        return path;
    }

    private static @Nullable Path locate(String className) {
        try {
            CodeSource source = Class.forName(className, false, VU.class.getClassLoader())
                    .getProtectionDomain()
                    .getCodeSource();
            return source == null || source.getLocation() == null
                    ? null
                    : Path.of(source.getLocation().toURI());
        } catch (ClassNotFoundException | URISyntaxException e) {
            // JSpecify and SLF4J may be missing; a scenario that uses them then gets the compiler's own message.
            return null;
        }
    }
}
