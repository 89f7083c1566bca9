package io.vikhry.runtime.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vikhry.api.OnError;
import io.vikhry.api.VU;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoadedScenarioTest {
    @TempDir
    Path dir;

    @Test
    void itSaysAllThatTheScenarioDeclares() {
        LoadedScenario shop = load("""
                enum Mode { FAST, SLOW }
                record Account(String id) {}
                @Param(description = "where") URI baseUrl = URI.create("http://127.0.0.1:8000");
                @Param(name = "users") int count = 3;
                @Param Long limit;
                @Param Duration think = Duration.ofMillis(1500);
                @Param Mode mode = Mode.FAST;
                @Param boolean on;
                @Param String text = "";
                @Param Double ratio = 0.5;
                @Resource("users") static Account make(ResourceContext ctx) { return new Account(ctx.id()); }
                @Step(every = "10s..15s", timeout = "5s") void login() {}
                @Step(weight = 3, requires = "login", every = "200ms") int catalog() { return 1; }
                @Step(name = "a b") void another() {}
                """);

        ScenarioDescription said = shop.describe();

        assertThat(said.name()).isEqualTo("ShopVU");
        assertThat(said.className()).isEqualTo("ShopVU");
        assertThat(said.source()).isEqualTo("ShopVU.java");
        assertThat(said.digest()).isEqualTo(shop.bundle().digest());
        assertThat(said.steps())
                .containsExactly(
                        new ScenarioDescription.Step("login", 1, List.of(), "10s..15s", "5s", OnError.CONTINUE),
                        new ScenarioDescription.Step("catalog", 3, List.of("login"), "200ms", null, OnError.CONTINUE),
                        new ScenarioDescription.Step("a b", 1, List.of(), null, null, OnError.CONTINUE));
        assertThat(said.resources()).containsExactly(new ScenarioDescription.Resource("users"));
        assertThat(said.params())
                .containsExactly(
                        new ScenarioDescription.Param("baseUrl", "uri", false, "http://127.0.0.1:8000", "where", null),
                        new ScenarioDescription.Param("users", "int", false, "3", "", null),
                        new ScenarioDescription.Param("limit", "long", true, null, "", null),
                        new ScenarioDescription.Param("think", "duration", false, "1500ms", "", null),
                        new ScenarioDescription.Param("mode", "enum", false, "FAST", "", List.of("FAST", "SLOW")),
                        new ScenarioDescription.Param("on", "boolean", false, "false", "", null),
                        new ScenarioDescription.Param("text", "string", false, "", "", null),
                        new ScenarioDescription.Param("ratio", "double", false, "0.5", "", null));
    }

    @Test
    void stepsComeInTheOrderOfTheSource() {
        LoadedScenario shop = load("@Step void z() {} @Step void m() {} @Step void a() {} @Step void b() {}");

        assertThat(shop.steps()).extracting(ScenarioStep::name).containsExactly("z", "m", "a", "b");
    }

    @Test
    void stepsOfSuperclassesCountAndAnOverrideReplacesOrRemovesThem() throws Throwable {
        LoadedScenario loaded = LoadedScenario.load(
                ScenarioBundle.of(Sources.write(dir, "ShopVU.java", """
                        import io.vikhry.api.*;
                        abstract class Base extends VU {
                            String ran = "";
                            @Step void kept() { ran = "kept"; }
                            @Step void replaced() { ran = "base"; }
                            @Step void removed() {}
                        }
                        public class ShopVU extends Base {
                            @Override @Step(weight = 2) void replaced() { ran = "sub"; }
                            @Override void removed() {}
                            public String ran() { return ran; }
                        }
                        """).toString()));

        assertThat(loaded.steps()).extracting(ScenarioStep::name).containsExactly("kept", "replaced");
        assertThat(loaded.steps().get(1).weight()).isEqualTo(2);
        VU user = loaded.newUser(loaded.params().parse(Map.of()));
        loaded.steps().get(1).run(user);
        assertThat(user.getClass().getMethod("ran").invoke(user)).isEqualTo("sub");
    }

    @Test
    void stepsMayReturnAndThrowAnythingAndBelongToAnyClassOfTheScenario() throws Throwable {
        LoadedScenario loaded = LoadedScenario.load(
                ScenarioBundle.of(Sources.write(dir, "ShopVU.java", """
                        import io.vikhry.api.*;
                        abstract class Base extends VU {
                            StringBuilder ran = new StringBuilder();
                            @Step protected double inherited() { ran.append("d"); return 1; }
                        }
                        public class ShopVU extends Base {
                            @Step long number() { ran.append("l"); return 1; }
                            @Step public String text() { ran.append("s"); return "x"; }
                            @Step boolean answer() { ran.append("z"); return true; }
                            @Step void checked() throws Exception { throw new java.io.IOException("no " + ran); }
                        }
                        """).toString()));
        VU user = loaded.newUser(loaded.params().parse(Map.of()));

        loaded.steps().subList(0, 4).forEach(step -> step.run(user));

        assertThatThrownBy(() -> loaded.steps().get(4).run(user))
                .isInstanceOf(IOException.class)
                .hasMessage("no dlsz")
                .satisfies(thrown ->
                        assertThat(thrown.getStackTrace()[0].getMethodName()).isEqualTo("checked"));
    }

    @Test
    void classesOfTheProcessAreHiddenFromTheScenario() throws Throwable {
        LoadedScenario loaded = load("""
                static boolean sees(String name) {
                    try { Class.forName(name); return true; } catch (ClassNotFoundException e) { return false; }
                }
                public boolean netty = sees("io.netty.buffer.ByteBuf");
                public boolean runtime = sees("io.vikhry.runtime.scenario.LoadedScenario");
                public boolean jackson = sees("com.fasterxml.jackson.databind.ObjectMapper");
                public boolean slf4j = sees("org.slf4j.LoggerFactory");
                public boolean sql = sees("java.net.http.HttpClient");
                @Step void a() {}
                """);

        VU user = loaded.newUser(loaded.params().parse(Map.of()));

        for (String name : List.of("netty", "runtime", "jackson")) {
            assertThat(user.getClass().getField(name).get(user)).as(name).isEqualTo(false);
        }
        for (String name : List.of("slf4j", "sql")) {
            assertThat(user.getClass().getField(name).get(user)).as(name).isEqualTo(true);
        }
    }

    @Test
    void twoLoadsShareNoState() throws Throwable {
        String body = "static int made; public int number = ++made; @Step void a() {}";
        LoadedScenario one = load(body);
        LoadedScenario two = load(body);

        VU first = one.newUser(one.params().parse(Map.of()));
        VU second = two.newUser(two.params().parse(Map.of()));

        assertThat(first.getClass()).isNotSameAs(second.getClass());
        assertThat(first.getClass().getField("number").get(first)).isEqualTo(2);
        assertThat(second.getClass().getField("number").get(second)).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        @Step void login() {} @Step(requires = "logn") void buy() {} | ShopVU.buy(): step "buy" requires "logn", which does not exist; did you mean "login"?
        @Step(requires = "c") void a() {} @Step(requires = "a") void b() {} @Step(requires = "b") void c() {} | a -> c -> b -> a
        @Step(requires = "a") void a() {} | a -> a
        @Step void a() {} @Step(name = "a") void b() {} | ShopVU.b() and ShopVU.a() are both steps named "a"
        @Step(weight = 0) void a() {} | ShopVU.a(): step "a" has weight 0.0; it must be greater than 0
        @Step(weight = Double.NaN) void a() {} | has weight NaN
        @Step(every = "soon") void a() {} | ShopVU.a(): every of step "a": "soon" is no duration: write a number and a unit
        @Step(every = "2s..1s") void a() {} | "2s..1s" ends before it begins
        @Step(every = "0s") void a() {} | leave "every" out
        @Step(timeout = "0s") void a() {} | leave "timeout" out
        @Step(timeout = "5") void a() {} | ShopVU.a(): timeout of step "a": "5" is no duration
        @Step void a(int x) {} | ShopVU.a() is a step and takes parameters
        @Step private void a() {} | ShopVU.a() is a step and private
        @Step static void a() {} | ShopVU.a() is a step and static
        void a() {} | class ShopVU has no steps
        @Step void a() {} @Param final int x = 1; | ShopVU.x is a @Param and final
        @Step void a() {} @Param static int x = 1; | ShopVU.x is a @Param and static
        @Step void a() {} @Param List<String> x; | ShopVU.x is a @Param of type List: use String
        @Step void a() {} @Param int x; @Param(name = "x") int y; | ShopVU.y and ShopVU.x are both params named "x"
        @Step void a() {} @Resource("u") Object m(ResourceContext c) { return 1; } | ShopVU.m() makes resources and is not static
        @Step void a() {} @Resource("u") static Object m() { return 1; } | its one parameter must be a ResourceContext
        @Step void a() {} @Resource("u") static void m(ResourceContext c) {} | returns nothing
        @Step void a() {} @Resource("u v") static Object m(ResourceContext c) { return 1; } | "u v" is no name for a pool
        @Step void a() {} @Resource("u") static Object m(ResourceContext c) { return 1; } @Resource("u") static Object n(ResourceContext c) { return 1; } | ShopVU.n() and ShopVU.m() both make the pool "u"
        @Step void a() {} ShopVU() {} | class ShopVU has no public constructor without parameters: add one
        @Step void a() {} public ShopVU(int x) {} | class ShopVU has no public constructor without parameters: add one
        @Step void a() {} int x = Integer.parseInt("x"); | class ShopVU cannot be instantiated
        @Step void a() {} static int x = Integer.parseInt("x"); | throws java.lang.NumberFormatException: For input string
        @Step void a() {} Object x = id(); | call this from onInit, onStart, onStop or a step
        """)
    void aWrongDeclarationIsRefusedByName(String body, String message) {
        assertThatThrownBy(() -> load(body))
                .isInstanceOf(ScenarioException.class)
                .hasMessageContaining(message);
    }

    private LoadedScenario load(String body) {
        return Sources.load(dir, "ShopVU", body);
    }
}
