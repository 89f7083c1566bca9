package io.vikhry.runtime.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TimeZone;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScenarioBundleTest {
    private static final String SHOP = """
            import io.vikhry.api.*;
            public class ShopVU extends VU {
                record Item(String id) {}
                @Step void look() { Runnable r = () -> new Item("1").id(); r.run(); }
            }
            """;

    @TempDir
    Path dir;

    @Test
    void aSourceFileBecomesABundleOfItsClasses() {
        ScenarioBundle bundle = ScenarioBundle.of(Sources.write(dir, "ShopVU.java", SHOP));

        assertThat(bundle.vuClass()).isEqualTo("ShopVU");
        assertThat(bundle.sourceName()).isEqualTo("ShopVU.java");
        assertThat(bundle.files()).containsOnlyKeys("ShopVU.class", "ShopVU$Item.class");
        assertThat(bundle.digest()).matches("[0-9a-f]{64}");
    }

    @Test
    void theSameSourceGivesTheSameDigestEverywhere() throws IOException {
        ScenarioBundle one = ScenarioBundle.of(Sources.write(dir, "ShopVU.java", SHOP));
        Path elsewhere = Files.createDirectory(dir.resolve("elsewhere"));
        TimeZone zone = TimeZone.getDefault();
        try {
            TimeZone.setDefault(TimeZone.getTimeZone("Asia/Tokyo"));
            ScenarioBundle two = ScenarioBundle.of(
                    "ShopVU.java",
                    Files.copy(dir.resolve("ShopVU.java"), elsewhere.resolve("ShopVU.java"))
                            .getParent());
            assertThat(two.bytes()).isEqualTo(one.bytes());
            assertThat(two.digest()).isEqualTo(one.digest());
        } finally {
            TimeZone.setDefault(zone);
        }
    }

    @Test
    void aBundleReadAgainIsTheSame() {
        ScenarioBundle made = ScenarioBundle.of(Sources.write(dir, "ShopVU.java", SHOP));
        ScenarioBundle read = ScenarioBundle.read(made.bytes(), made.digest());

        assertThat(read.digest()).isEqualTo(made.digest());
        assertThat(read.vuClass()).isEqualTo("ShopVU");
        assertThat(read.sourceName()).isEqualTo("ShopVU.java");
        assertThat(read.files().keySet()).isEqualTo(made.files().keySet());
    }

    @Test
    void aBundleWithAnotherDigestIsRefused() {
        ScenarioBundle made = ScenarioBundle.of(Sources.write(dir, "ShopVU.java", SHOP));
        byte[] changed = made.bytes();
        changed[changed.length / 2] ^= 1;

        assertThatThrownBy(() -> ScenarioBundle.read(changed, made.digest()))
                .isInstanceOf(ScenarioException.class)
                .hasMessageContaining("SHA-256")
                .hasMessageContaining(made.digest());
    }

    @Test
    void whatIsNoBundleIsRefused() {
        assertThatThrownBy(() -> ScenarioBundle.read(new byte[] {1, 2, 3}))
                .isInstanceOf(ScenarioException.class)
                .hasMessageContaining("not a scenario bundle");
    }

    @Test
    void aMissingFileIsNamedWithItsDirectory() {
        assertThatThrownBy(() -> ScenarioBundle.of("NoVU.java", dir))
                .isInstanceOf(ScenarioException.class)
                .hasMessage("no scenario file NoVU.java in " + dir);
    }

    @Test
    void whatIsNeitherSourceNorJarIsRefused() {
        assertThatThrownBy(() -> ScenarioBundle.of("shop.py"))
                .isInstanceOf(ScenarioException.class)
                .hasMessageContaining("\"shop.py\" is no scenario")
                .hasMessageContaining("ShopVU.java");
    }

    @Test
    void aForgottenImportIsNamed() {
        Path file = Sources.write(dir, "ShopVU.java", "public class ShopVU extends VU {}");

        assertThatThrownBy(() -> ScenarioBundle.of(file))
                .hasMessage("ShopVU.java:1: cannot find symbol, symbol: class VU: add import io.vikhry.api.*;");
    }

    @Test
    void theFirstCompileErrorIsTheMessageAndAllAreTheDetails() {
        Path file = Sources.write(dir, "ShopVU.java", """
                import io.vikhry.api.*;
                public class ShopVU extends VU {
                    @Step void look() { luk(); }
                    @Step void buy() { int i = "one"; }
                }
                """);

        ScenarioException e = catchThrowableOfType(ScenarioException.class, () -> ScenarioBundle.of(file));

        assertThat(e).hasMessageStartingWith("ShopVU.java:3: cannot find symbol, symbol: method luk()");
        assertThat(e.getMessage()).endsWith("first of 2 errors").doesNotContain("\n");
        assertThat(e.details()).contains("ShopVU.java:3:", "ShopVU.java:4:", "int i = \"one\";", "^");
    }

    @Test
    void ofSeveralScenariosThePublicOneIsTaken() {
        Path file = Sources.write(dir, "Two.java", """
                package com.acme;
                import io.vikhry.api.*;
                class Other extends VU { @Step void a() {} }
                public class Two extends VU { @Step void a() {} }
                """);

        assertThat(ScenarioBundle.of(file).vuClass()).isEqualTo("com.acme.Two");
        assertThat(ScenarioBundle.of(file + ":Other").vuClass()).isEqualTo("com.acme.Other");
        assertThat(ScenarioBundle.of(file + ":com.acme.Other").vuClass()).isEqualTo("com.acme.Other");
    }

    @Test
    void ofSeveralScenariosWithoutAPublicOneTheOneNamedLikeTheFileIsTaken() {
        Path file = Sources.write(
                dir,
                "Two.java",
                "import io.vikhry.api.*; class Other extends VU { @Step void a() {} } class Two extends VU { @Step void a() {} }");

        assertThat(ScenarioBundle.of(file).vuClass()).isEqualTo("Two");
    }

    @Test
    void whereSeveralScenariosCouldBeMeantAllAreListed() {
        Path file = Sources.write(
                dir,
                "Many.java",
                "import io.vikhry.api.*; class A extends VU { @Step void a() {} } class B extends VU { @Step void a() {} }");

        assertThatThrownBy(() -> ScenarioBundle.of(file))
                .isInstanceOf(ScenarioException.class)
                .hasMessage("Many.java holds 2 scenarios (A, B): pick one, as in Many.java:A");
        assertThatThrownBy(() -> ScenarioBundle.of(file + ":C"))
                .isInstanceOf(ScenarioException.class)
                .hasMessageContaining("Many.java holds no scenario C");
    }

    @Test
    void aFileWithoutAScenarioIsRefused() {
        Path file = Sources.write(dir, "Plain.java", "public class Plain {}");

        assertThatThrownBy(() -> ScenarioBundle.of(file))
                .isInstanceOf(ScenarioException.class)
                .hasMessageContaining("Plain.java holds no scenario: no class in it extends io.vikhry.api.VU");
    }

    @Test
    void aJarComesWithAllItsClassesAndResources() throws IOException {
        ScenarioBundle source = ScenarioBundle.of(Sources.write(dir, "ShopVU.java", """
                package com.acme;
                import io.vikhry.api.*;
                public class ShopVU extends VU { @Step void look() { new Basket().size(); } }
                class Basket { int size() { return 0; } }
                """));
        Path jar = dir.resolve("app.jar");
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream zip = new JarOutputStream(out)) {
            for (var file : source.files().entrySet()) {
                zip.putNextEntry(new JarEntry(file.getKey()));
                zip.write(file.getValue());
            }
            for (String more : new String[] {"data/users.csv", "META-INF/X.SF", "META-INF/MANIFEST.MF"}) {
                zip.putNextEntry(new JarEntry(more));
                zip.write("x".getBytes(java.nio.charset.StandardCharsets.UTF_8));
            }
        }

        ScenarioBundle bundle = ScenarioBundle.of("app.jar:com.acme.ShopVU", dir);

        assertThat(bundle.vuClass()).isEqualTo("com.acme.ShopVU");
        assertThat(bundle.sourceName()).isEqualTo("app.jar");
        assertThat(bundle.files()).containsOnlyKeys("com/acme/ShopVU.class", "com/acme/Basket.class", "data/users.csv");
        try (LoadedScenario loaded = LoadedScenario.load(ScenarioBundle.read(bundle.bytes()))) {
            assertThat(loaded.classLoader().getResourceAsStream("data/users.csv"))
                    .hasContent("x");
        }
        assertThatThrownBy(() -> ScenarioBundle.of("app.jar:com.acme.ShopVu", dir))
                .hasMessageContaining("did you mean \"com.acme.ShopVU\"?");
    }
}
