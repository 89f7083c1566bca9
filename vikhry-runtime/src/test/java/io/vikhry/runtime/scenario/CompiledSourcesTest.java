package io.vikhry.runtime.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompiledSourcesTest {
    private static final String SHOP = """
            import io.vikhry.api.*;
            public class ShopVU extends VU {
                @Step void look() { String seen = "first"; }
            }
            """;

    @TempDir
    Path dir;

    private Path folder;
    private Path file;
    /** What was asked for of another process, which makes nothing. */
    private final List<Path> asked = new ArrayList<>();

    @BeforeEach
    void write() {
        folder = dir.resolve("cache").resolve("compiled");
        file = Sources.write(dir, "ShopVU.java", SHOP);
    }

    @Test
    void whatWasCompiledOnceIsNotCompiledAgain() throws IOException {
        SortedMap<String, byte[]> made = new CompiledSources(folder).classes(file);

        same(sources().classes(file), made);

        assertThat(asked).isEmpty();
        assertThat(kept()).hasSize(1);
        assertThat(Files.getPosixFilePermissions(folder)).isEqualTo(PosixFilePermissions.fromString("rwx------"));
    }

    @Test
    void aChangedSourceIsCompiledAgain() throws IOException {
        new CompiledSources(folder).classes(file);
        Files.writeString(file, SHOP.replace("first", "second"));

        SortedMap<String, byte[]> classes = sources().classes(file);

        assertThat(asked).containsExactly(file);
        assertThat(classes.get("ShopVU.class")).asString().contains("second").doesNotContain("first");
    }

    @Test
    void theSameTextInAFileOfAnotherNameIsCompiledByItself() {
        String text = "class Both extends io.vikhry.api.VU { @io.vikhry.api.Step void look() {} }";
        new CompiledSources(folder).classes(Sources.write(dir, "One.java", text));

        SortedMap<String, byte[]> classes = sources().classes(Sources.write(dir, "Two.java", text));

        assertThat(classes.get("Both.class")).asString().contains("Two.java").doesNotContain("One.java");
    }

    @Test
    void aChangedDependencyIsCompiledAgainst() throws IOException {
        Path user = Sources.write(dir, "User.java", "class User { String seen() { return Prices.VAT; } }");
        for (Path place : List.of(dir.resolve("classes"), dir.resolve("prices.jar"))) {
            dependency(place, "nineteen");
            same(classes(user, place), classes(user, place));
            assertThat(classes(user, place).get("User.class")).asString().contains("nineteen");

            dependency(place, "twentyone"); // inlined by the compiler: an old class would go on with the old one
            assertThat(classes(user, place).get("User.class")).asString().contains("twentyone");
        }
    }

    private SortedMap<String, byte[]> classes(Path user, Path dependency) {
        return sources().classes(SourceFile.read(user, Set.of(dependency)));
    }

    /** As a folder of classes, or as a jar. */
    private void dependency(Path place, String value) throws IOException {
        Path source = Sources.write(
                dir, "Prices.java", "public class Prices { public static final String VAT = \"" + value + "\"; }");
        byte[] bytes = Compilation.of(SourceFile.read(source)).get("Prices.class");
        if (place.toString().endsWith(".jar")) {
            var jar = new ByteArrayOutputStream();
            try (var out = new JarOutputStream(jar)) {
                out.putNextEntry(new JarEntry("Prices.class"));
                out.write(bytes);
            }
            Files.write(place, jar.toByteArray());
        } else {
            Files.createDirectories(place);
            Files.write(place.resolve("Prices.class"), bytes);
        }
    }

    @Test
    void aDamagedFileIsNotBelievedAndMended() throws IOException {
        SortedMap<String, byte[]> made = new CompiledSources(folder).classes(file);
        Path kept = kept().getFirst();
        byte[] whole = Files.readAllBytes(kept);
        for (int at = 0; at < whole.length; at += 97) {
            byte[] damaged = whole.clone();
            damaged[at] ^= 1;
            Files.write(kept, damaged);

            asked.clear();
            same(sources().classes(file), made);
            assertThat(asked).as("byte %d", at).containsExactly(file);
            assertThat(Files.readAllBytes(kept)).isEqualTo(whole);
        }
    }

    @Test
    void aFileThatWasCutOffIsNotBelieved() throws IOException {
        SortedMap<String, byte[]> made = new CompiledSources(folder).classes(file);
        Path kept = kept().getFirst();
        byte[] whole = Files.readAllBytes(kept);
        for (int length : List.of(0, 1, 31, 32, 33, whole.length / 2, whole.length - 1)) {
            Files.write(kept, Arrays.copyOf(whole, length));

            asked.clear();
            same(sources().classes(file), made);
            assertThat(asked).as("%d bytes", length).containsExactly(file);
        }
    }

    @Test
    void theClassesOfAnotherSourceAreNotBelieved() throws IOException {
        new CompiledSources(folder).classes(file);
        Path first = kept().getFirst();
        Files.writeString(file, SHOP.replace("first", "second"));
        SortedMap<String, byte[]> second = new CompiledSources(folder).classes(file);
        Path other =
                kept().stream().filter(each -> !each.equals(first)).findFirst().orElseThrow();
        Files.copy(first, other, StandardCopyOption.REPLACE_EXISTING);

        same(sources().classes(file), second);
    }

    @Test
    void aSourceThatIsChangedMeanwhileIsCompiledAsItWasRead() {
        CompiledSources other = new CompiledSources(folder);
        SortedMap<String, byte[]> classes = new CompiledSources(folder, asked -> {
                    Sources.write(dir, "ShopVU.java", SHOP.replace("first", "second"));
                    other.keep(asked);
                })
                .classes(file);

        assertThat(classes.get("ShopVU.class")).asString().contains("first").doesNotContain("second");
        assertThat(sources().classes(file).get("ShopVU.class")).asString().contains("second");
        assertThat(sources().classes(Sources.write(dir, "ShopVU.java", SHOP)).get("ShopVU.class"))
                .asString()
                .contains("first");
    }

    @Test
    void startsAtOnceAllGetTheWholeOfIt() throws Exception {
        SortedMap<String, byte[]> made = Compilation.of(SourceFile.read(file));
        int starts = 8;
        CyclicBarrier together = new CyclicBarrier(starts);
        try (var threads = Executors.newFixedThreadPool(starts)) {
            List<Future<SortedMap<String, byte[]>>> all = new ArrayList<>();
            for (int i = 0; i < starts; i++) {
                all.add(threads.submit(() -> {
                    together.await();
                    return new CompiledSources(folder).classes(file);
                }));
            }
            for (Future<SortedMap<String, byte[]>> each : all) {
                same(each.get(), made);
            }
        }
        assertThat(kept()).hasSize(1);
        same(sources().classes(file), made);
        assertThat(asked).isEmpty();
    }

    @Test
    void anotherProcessMayCompile() {
        CompiledSources other = new CompiledSources(folder);

        SortedMap<String, byte[]> classes = new CompiledSources(folder, other::keep).classes(file);

        assertThat(classes).containsOnlyKeys("ShopVU.class");
    }

    @Test
    void whatDoesNotCompileIsToldEachTimeAndNotKept() throws IOException {
        Files.writeString(file, SHOP.replace("String seen", "Strong seen"));

        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> new CompiledSources(folder).classes(file))
                    .isInstanceOf(ScenarioException.class)
                    .hasMessageStartingWith("ShopVU.java:3: cannot find symbol");
        }
        assertThat(folder).doesNotExist();
    }

    @Test
    void aFolderThatCannotBeUsedCostsNothingButTime() throws IOException {
        Files.createDirectories(folder.getParent());
        Files.writeString(folder, "a file");

        assertThat(sources().classes(file)).containsOnlyKeys("ShopVU.class");
        assertThat(sources().classes(file)).containsOnlyKeys("ShopVU.class");
    }

    @Test
    void classesThatSomebodyElseCouldHavePutThereAreNotBelieved() throws IOException {
        // Whole and well named, as only who knows the source could have made them, but of another source's text.
        new CompiledSources(folder).classes(file);
        Files.writeString(file, SHOP.replace("first", "second"));
        String digest = SourceFile.read(file).digest();
        planted(folder.resolve(digest));
        assertThat(sources().classes(file).get("ShopVU.class")).asString().contains("planted");

        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));

        assertThat(sources().classes(file).get("ShopVU.class")).asString().contains("second");
        assertThat(asked).isEmpty();
        assertThat(CompiledSources.fault(folder)).contains("may be written to by others");
    }

    /** A file that all but who made it speaks for. */
    private void planted(Path kept) throws IOException {
        Path source = Sources.write(
                Files.createDirectory(dir.resolve("other")), "ShopVU.java", SHOP.replace("first", "planted"));
        SortedMap<String, byte[]> classes = Compilation.of(SourceFile.read(source));
        Files.write(kept, CompiledSources.sealed(kept.getFileName().toString(), classes));
    }

    @Test
    void theFolderIsBoundedAndWhatWasUsedLastStays() throws IOException {
        new CompiledSources(folder).classes(file);
        Path used = kept().getFirst();
        Instant now = Instant.now();
        for (int i = 1; i <= 150; i++) {
            Path old = Files.writeString(folder.resolve("old-" + i), "");
            Files.setLastModifiedTime(old, FileTime.from(now.minus(Duration.ofHours(i))));
        }
        Files.setLastModifiedTime(used, FileTime.from(now.minus(Duration.ofHours(1000))));
        sources().classes(file);

        Files.writeString(file, SHOP.replace("first", "second"));
        sources().classes(file);

        assertThat(kept()).hasSize(CompiledSources.MOST).contains(used, folder.resolve("old-98"));
        assertThat(folder.resolve("old-99")).doesNotExist();
    }

    @Test
    void whatWasNotUsedForAMonthGoes() throws IOException {
        new CompiledSources(folder).classes(file);
        Path first = kept().getFirst();
        Files.setLastModifiedTime(first, FileTime.from(Instant.now().minus(Duration.ofDays(31))));
        Files.writeString(file, SHOP.replace("first", "second"));

        new CompiledSources(folder).classes(file);

        assertThat(kept()).hasSize(1).doesNotContain(first);
    }

    /** As another start sees them. */
    private CompiledSources sources() {
        return new CompiledSources(folder, asked::add);
    }

    private List<Path> kept() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }

    private static void same(Map<String, byte[]> one, Map<String, byte[]> other) {
        assertThat(one.keySet()).isEqualTo(other.keySet());
        one.forEach((path, bytes) -> assertThat(bytes).as(path).isEqualTo(other.get(path)));
    }
}
