package io.vikhry.runtime.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the documentation shows can be copied as it stands: scenarios load, and pieces of them do so within one. */
class DocsTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
    private static final Pattern SCENARIO = Pattern.compile("public class (\\w+) extends VU");

    @TempDir
    Path dir;

    record Example(String where, String code) {
        @Override
        public String toString() {
            return where;
        }
    }

    static List<Example> examples() throws IOException {
        try (Stream<Path> docs = Files.list(ROOT.resolve("docs"));
                Stream<Path> sources = Files.walk(ROOT.resolve("examples"))) {
            return Stream.of(
                            Stream.of(ROOT.resolve("README.md")).flatMap(DocsTest::blocks),
                            docs.filter(file -> file.toString().endsWith(".md"))
                                    .sorted()
                                    .flatMap(DocsTest::blocks),
                            sources.filter(file -> file.toString().endsWith(".java"))
                                    .map(file -> new Example(file.getFileName().toString(), read(file))))
                    .flatMap(each -> each)
                    .toList();
        }
    }

    private static Stream<Example> blocks(Path file) {
        String text = read(file);
        return BLOCK.matcher(text).results().map(block -> {
            long line = text.substring(0, block.start()).lines().count() + 1;
            return new Example(file.getFileName() + " line " + line, block.group(1));
        });
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("examples")
    void eachExampleLoads(Example example) {
        String code = example.code();
        Matcher scenario = SCENARIO.matcher(code);
        String name = "PieceVU";
        if (scenario.find()) {
            name = scenario.group(1);
        } else {
            boolean members = code.startsWith("@") || code.startsWith("record");
            code = Sources.IMPORTS + "import static java.time.Duration.*;\npublic class PieceVU extends VU {\n"
                    + "URI baseUrl = URI.create(\"http://h\");\nHttp http;\n"
                    + (members ? code + "@Step void step() {}" : "@Step void step() throws Exception {\n" + code + "}")
                    + "\n}\n";
        }
        ScenarioBundle bundle = ScenarioBundle.of(Sources.write(dir, name + ".java", code));
        try (LoadedScenario loaded = LoadedScenario.load(bundle)) {
            assertThat(loaded.steps()).isNotEmpty();
        }
    }
}
