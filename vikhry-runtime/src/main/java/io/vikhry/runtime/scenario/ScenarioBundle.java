package io.vikhry.runtime.scenario;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.LocalDateTime;
import java.util.Collections;
import java.util.HexFormat;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A scenario as it travels: a zip of class files and {@code vikhry-bundle.properties}, named by its SHA-256. The same classes
 * give the same bytes, whenever and wherever it is made. Immutable.
 */
public final class ScenarioBundle {
    private static final String PROPERTIES = "vikhry-bundle.properties";
    private static final Pattern SPEC = Pattern.compile("(.+\\.(?:java|jar))(?::([^:/]+))?");
    /** What a bundle may hold unpacked: enough for a scenario with all its libraries, too little to exhaust a worker. */
    private static final long MAX_UNPACKED_BYTES = 512L << 20;
    /** Any fixed time will do; not 1980-01-01, which the zip classes store together with the time zone. */
    private static final LocalDateTime ENTRY_TIME = LocalDateTime.of(2000, 1, 1, 0, 0);

    private final byte[] bytes;
    private final String digest;
    private final String vuClass;
    private final String sourceName;
    private final SortedMap<String, byte[]> files;

    private ScenarioBundle(byte[] bytes, String vuClass, String sourceName, SortedMap<String, byte[]> files) {
        this.bytes = bytes;
        this.digest = sha256(bytes);
        this.vuClass = vuClass;
        this.sourceName = sourceName;
        this.files = Collections.unmodifiableSortedMap(files);
    }

    /**
     * The bundle of what {@code spec} names: {@code ShopVU.java}, {@code Shop.java:ShopVU} or
     * {@code app.jar:com.acme.ShopVU}; relative paths start at the working directory.
     *
     * @throws ScenarioException if it does not exist, does not compile or holds no scenario
     */
    public static ScenarioBundle of(String spec) {
        return of(spec, Path.of(""));
    }

    /** As {@link #of(String)}, relative to {@code directory}. */
    public static ScenarioBundle of(String spec, Path directory) {
        return of(spec, directory, file -> Compilation.of(SourceFile.read(file)));
    }

    /** As {@link #of(String)}, with the classes that {@code sources} keep of a source file. */
    public static ScenarioBundle of(String spec, CompiledSources sources) {
        return of(spec, Path.of(""), sources::classes);
    }

    private static ScenarioBundle of(String spec, Path directory, Function<Path, SortedMap<String, byte[]>> compiler) {
        Matcher parts = SPEC.matcher(spec);
        if (!parts.matches()) {
            throw new ScenarioException(
                    "\"" + spec
                            + "\" is no scenario: give a source file (ShopVU.java) or a class on a jar (app.jar:com.acme.ShopVU)");
        }
        return of(directory.resolve(parts.group(1)), parts.group(1), parts.group(2), compiler);
    }

    /** As {@link #of(String)}, for a file that holds one scenario. */
    public static ScenarioBundle of(Path file) {
        return of(file.toString());
    }

    private static ScenarioBundle of(
            Path file,
            String asGiven,
            @Nullable String wantedClass,
            Function<Path, SortedMap<String, byte[]>> compiler) {
        if (!Files.isRegularFile(file)) {
            Path directory = file.toAbsolutePath().normalize().getParent();
            throw new ScenarioException("no scenario file " + asGiven + (directory == null ? "" : " in " + directory));
        }
        String name = String.valueOf(file.getFileName());
        SortedMap<String, byte[]> files = name.endsWith(".java") ? compiler.apply(file) : JarFiles.read(file);
        String vuClass = VuClasses.choose(files, name, wantedClass);
        return pack(files, vuClass, name);
    }

    private static ScenarioBundle pack(SortedMap<String, byte[]> files, String vuClass, String sourceName) {
        long size = files.values().stream().mapToLong(file -> file.length).sum();
        if (size > MAX_UNPACKED_BYTES) {
            throw new ScenarioException(sourceName + " holds " + (size >> 20) + " MiB; a scenario may hold "
                    + (MAX_UNPACKED_BYTES >> 20) + " MiB: leave out what it does not use");
        }
        SortedMap<String, byte[]> entries = new TreeMap<>(files);
        entries.put(
                PROPERTIES,
                ("class=" + vuClass + "\nsource=" + sourceName.replaceAll("\\R", " ") + "\n")
                        .getBytes(StandardCharsets.UTF_8));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(out, StandardCharsets.UTF_8)) {
            for (var file : entries.entrySet()) {
                ZipEntry entry = new ZipEntry(file.getKey());
                entry.setTimeLocal(ENTRY_TIME);
                zip.putNextEntry(entry);
                zip.write(file.getValue());
                zip.closeEntry();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("in-memory zip", e);
        }
        return new ScenarioBundle(out.toByteArray(), vuClass, sourceName, new TreeMap<>(files));
    }

    /** Reads what {@link #bytes} gave. */
    public static ScenarioBundle read(byte[] bytes) {
        SortedMap<String, byte[]> files = new TreeMap<>();
        long room = MAX_UNPACKED_BYTES;
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(bytes), StandardCharsets.UTF_8)) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                byte[] content = zip.readNBytes((int) Math.min(Integer.MAX_VALUE - 8, room + 1));
                room -= content.length;
                if (room < 0) {
                    throw new ScenarioException(
                            "the scenario bundle holds more than " + (MAX_UNPACKED_BYTES >> 20) + " MiB unpacked");
                }
                files.put(entry.getName(), content);
            }
        } catch (IOException | IllegalArgumentException e) {
            throw new ScenarioException("not a scenario bundle: " + e.getMessage(), "", e);
        }
        byte[] properties = files.remove(PROPERTIES);
        if (properties == null) {
            throw new ScenarioException("not a scenario bundle: it has no " + PROPERTIES);
        }
        return new ScenarioBundle(bytes.clone(), property(properties, "class"), property(properties, "source"), files);
    }

    /**
     * As {@link #read(byte[])}, for bytes that came from elsewhere.
     *
     * @throws ScenarioException if their SHA-256 is not {@code digest}
     */
    public static ScenarioBundle read(byte[] bytes, String digest) {
        String actual = sha256(bytes);
        if (!actual.equals(digest)) {
            throw new ScenarioException("the scenario bundle was changed on its way: its SHA-256 is " + actual
                    + ", but " + digest + " was expected");
        }
        return read(bytes);
    }

    /** The zip; a copy. */
    public byte[] bytes() {
        return bytes.clone();
    }

    /** SHA-256 of {@link #bytes}, 64 lower-case hex digits. */
    public String digest() {
        return digest;
    }

    /** The binary name of the VU class. */
    public String vuClass() {
        return vuClass;
    }

    /** The name of the file it came from, without its directory. */
    public String sourceName() {
        return sourceName;
    }

    /** Its files by path, without the bundle's own properties. */
    SortedMap<String, byte[]> files() {
        return files;
    }

    private static String property(byte[] properties, String key) {
        for (String line : new String(properties, StandardCharsets.UTF_8).split("\n", -1)) {
            if (line.startsWith(key + "=")) {
                return line.substring(key.length() + 1);
            }
        }
        throw new ScenarioException("not a scenario bundle: its " + PROPERTIES + " has no \"" + key + "\"");
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }
}
