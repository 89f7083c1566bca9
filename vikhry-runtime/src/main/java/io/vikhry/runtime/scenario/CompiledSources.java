package io.vikhry.runtime.scenario;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What the compiler made of source files, kept in a folder for later starts.
 *
 * <p>A file in it is named by the digest of all that the classes depend on ({@link SourceFile#digest}) and begins with a digest of
 * that name and its content. One that is damaged, cut off or called otherwise is not believed, and its source is compiled again.
 * Each comes into its place whole, so threads and processes may use a folder at once; two that keep the same keep the same bytes. A
 * folder that cannot be used, or in which somebody else could have put classes ({@link #fault}), costs the time of the compiler and
 * nothing else. What was not used for 30 days goes, and the oldest beyond a hundred.
 */
public final class CompiledSources {
    static final int MOST = 100;

    private static final Duration LONGEST = Duration.ofDays(30);

    private final PrivateFolder folder;
    private final Elsewhere elsewhere;

    /** Another process that compiles, so that this one need not have a compiler in its memory. */
    @FunctionalInterface
    public interface Elsewhere {
        /**
         * Has the classes of a source file kept in the same folder. Should they not be there afterwards, they are made here.
         *
         * @throws ScenarioException if the file does not compile
         */
        void compile(Path file);
    }

    /** Those in {@code folder}, which need not be there yet; what is not kept is made here. */
    public CompiledSources(Path folder) {
        this(folder, file -> {});
    }

    /** Those in {@code folder}, which need not be there yet; {@code elsewhere} is asked for what is not kept. */
    public CompiledSources(Path folder, Elsewhere elsewhere) {
        this.folder = new PrivateFolder(folder);
        this.elsewhere = elsewhere;
    }

    /**
     * Why nothing is kept in {@code folder} and nothing in it believed, in words that go on after its path: it is not its user's alone.
     */
    public static Optional<String> fault(Path folder) {
        return new PrivateFolder(folder).fault();
    }

    /**
     * Sees to it that the classes of a source file are kept, if the folder can be used.
     *
     * @throws ScenarioException if the file does not compile
     */
    public void keep(Path file) {
        classes(file);
    }

    /** The class files of a source file, by path. */
    SortedMap<String, byte[]> classes(Path file) {
        return classes(SourceFile.read(file));
    }

    SortedMap<String, byte[]> classes(SourceFile source) {
        String digest = source.digest();
        return kept(digest)
                .or(() -> {
                    if (!folder.takesFiles()) {
                        return Optional.empty();
                    }
                    elsewhere.compile(source.path());
                    return kept(digest);
                })
                .orElseGet(() -> {
                    SortedMap<String, byte[]> made = Compilation.of(source);
                    keep(digest, made);
                    return made;
                });
    }

    private Optional<SortedMap<String, byte[]>> kept(String digest) {
        try {
            Path file = folder.checked().resolve(digest);
            byte[] bytes = Files.readAllBytes(file);
            int begin = Math.min(PartsDigest.BYTES, bytes.length);
            byte[] content = Arrays.copyOfRange(bytes, begin, bytes.length);
            if (!MessageDigest.isEqual(Arrays.copyOf(bytes, begin), seal(digest, content))) {
                return Optional.empty();
            }
            SortedMap<String, byte[]> classes = unpacked(content);
            touch(file);
            return Optional.of(classes);
        } catch (IOException e) {
            // Not there, or as good as that: to compile is always right.
            return Optional.empty();
        }
    }

    private static void touch(Path file) {
        try {
            Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
        } catch (IOException e) {
            // In an image that is read only, say: what is in it is as good.
            return;
        }
    }

    private void keep(String digest, SortedMap<String, byte[]> classes) {
        try {
            byte[] sealed = sealed(digest, classes);
            folder.make();
            Path place = folder.checked();
            Path part = Files.createTempFile(place, "part-", "");
            Files.write(part, sealed);
            Files.move(part, place.resolve(digest), StandardCopyOption.ATOMIC_MOVE);
            forgetOldest(place);
        } catch (IOException | UncheckedIOException e) {
            // A read-only home, say: the next start compiles again, and nobody has to do anything about it.
            return;
        }
    }

    private static void forgetOldest(Path place) throws IOException {
        List<Used> all = new ArrayList<>();
        try (Stream<Path> files = Files.list(place)) {
            // The File's own way gives 0 for what another process has deleted meanwhile.
            files.forEach(file ->
                    all.add(new Used(file, Instant.ofEpochMilli(file.toFile().lastModified()))));
        }
        all.sort(Comparator.comparing(Used::at).reversed());
        Instant bound = Instant.now().minus(LONGEST);
        for (int i = 0; i < all.size(); i++) {
            if (i >= MOST || all.get(i).at().isBefore(bound)) {
                Files.deleteIfExists(all.get(i).file());
            }
        }
    }

    private record Used(Path file, Instant at) {}

    private static byte[] seal(String digest, byte[] content) {
        return new PartsDigest().add(digest).add(content).bytes();
    }

    /** The content of the file of that name. */
    static byte[] sealed(String digest, SortedMap<String, byte[]> classes) throws IOException {
        byte[] content = packed(classes);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(seal(digest, content));
        bytes.writeBytes(content);
        return bytes.toByteArray();
    }

    private static byte[] packed(SortedMap<String, byte[]> classes) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeInt(classes.size());
        for (var each : classes.entrySet()) {
            out.writeUTF(each.getKey());
            out.writeInt(each.getValue().length);
            out.write(each.getValue());
        }
        return bytes.toByteArray();
    }

    private static SortedMap<String, byte[]> unpacked(byte[] content) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(content));
        SortedMap<String, byte[]> classes = new TreeMap<>();
        for (int left = in.readInt(); left > 0; left--) {
            classes.put(in.readUTF(), in.readNBytes(in.readInt()));
        }
        return classes;
    }
}
