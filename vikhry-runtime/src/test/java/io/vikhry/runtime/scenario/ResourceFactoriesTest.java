package io.vikhry.runtime.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.vikhry.runtime.engine.Engine;
import io.vikhry.runtime.engine.EngineOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ResourceFactoriesTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    @TempDir
    Path dir;

    private Engine engine;

    @BeforeEach
    void start() {
        engine = Engine.start(EngineOptions.defaults().withLoops(1));
    }

    @AfterEach
    void stop() {
        engine.close();
    }

    @Test
    void anItemIsWhatItsFactoryMadeAsJson() throws InterruptedException {
        ResourceFactories factories = factories("""
                record Account(String id, String name, Duration age, List<String> tags) {}
                @Param String prefix = "user";
                @Param int first = 10;
                @Step void a() {}
                @Resource("users") private static Account make(ResourceContext ctx) {
                    int number = ctx.param("first", int.class) + Integer.parseInt(ctx.id());
                    return new Account(ctx.id(), ctx.param("prefix", String.class) + number, Duration.ofSeconds(1), List.of(ctx.pool()));
                }
                @Resource("numbers") static int number(ResourceContext ctx) { return 7; }
                """, Map.of("prefix", "u-"));

        assertThat(factories.pools()).containsExactly("users", "numbers");
        assertThat(factories.create("users", "5", LONG))
                .isEqualTo("{\"id\":\"5\",\"name\":\"u-15\",\"age\":\"PT1S\",\"tags\":[\"users\"]}");
        assertThat(factories.create("numbers", "1", LONG)).isEqualTo("7");
    }

    @Test
    void manyItemsAreMadeAtOnce() {
        ResourceFactories factories = factories("""
                static final CountDownLatch ALL = new CountDownLatch(20);
                @Step void a() {}
                @Resource("p") static String make(ResourceContext ctx) throws Exception {
                    ALL.countDown();
                    ALL.await();
                    return ctx.id();
                }
                """, Map.of());

        assertThat(IntStream.range(0, 20)
                        .mapToObj(i -> java.util.concurrent.CompletableFuture.supplyAsync(
                                () -> {
                                    try {
                                        return factories.create("p", String.valueOf(i), LONG);
                                    } catch (InterruptedException e) {
                                        throw new AssertionError(e);
                                    }
                                },
                                task -> Thread.ofVirtual().start(task)))
                        .toList())
                .allSatisfy(item -> assertThat(item).succeedsWithin(LONG));
    }

    @Test
    void aFactoryThatFailsIsNamedWithItsOwnFrames() {
        ResourceFactories factories = factories("""
                @Step void a() {}
                @Resource("p") static String make(ResourceContext ctx) { throw new IllegalStateException("sold out"); }
                """, Map.of());

        ScenarioException e = catchThrowableOfType(ScenarioException.class, () -> factories.create("p", "3", LONG));

        assertThat(e)
                .hasMessage("ShopVU.make() failed for item 3 of pool \"p\": java.lang.IllegalStateException: sold out");
        assertThat(e.details()).contains("at ShopVU.make(ShopVU.java:").doesNotContain("io.vikhry.runtime");
    }

    @Test
    void aFailureThatCannotDescribeItselfIsTold() {
        ResourceFactories factories = factories("""
                static class Mute extends RuntimeException {
                    @Override public String getMessage() { throw new IllegalStateException("no message"); }
                }
                @Step void a() {}
                @Resource("p") static String make(ResourceContext ctx) { throw new Mute(); }
                """, Map.of());

        assertThatThrownBy(() -> factories.create("p", "3", LONG))
                .isInstanceOf(ScenarioException.class)
                .hasMessage("ShopVU.make() failed for item 3 of pool \"p\": ShopVU$Mute, which cannot describe itself:"
                        + " java.lang.IllegalStateException");
    }

    @Test
    void whatJsonCannotCarryIsRefused() {
        ResourceFactories factories = factories("""
                @Step void a() {}
                @Resource("p") static Object make(ResourceContext ctx) { return new Object(); }
                @Resource("n") static Object none(ResourceContext ctx) { return null; }
                """, Map.of());

        assertThatThrownBy(() -> factories.create("p", "3", LONG)).hasMessageContaining("JSON cannot carry");
        assertThatThrownBy(() -> factories.create("n", "3", LONG))
                .hasMessage("ShopVU.none() returned null: return the item");
        assertThatThrownBy(() -> factories.create("q", "3", LONG))
                .isInstanceOf(ScenarioException.class)
                .hasMessageContaining("no resource factory for pool \"q\"");
    }

    @Test
    void aFactoryThatTakesTooLongIsInterrupted() {
        ResourceFactories factories = factories("""
                @Step void a() {}
                @Resource("p") static Object make(ResourceContext ctx) throws Exception { Thread.sleep(60_000); return 1; }
                """, Map.of());

        assertThatThrownBy(() -> factories.create("p", "3", Duration.ofMillis(50)))
                .hasMessage("ShopVU.make() took longer than 50ms for item 3 of pool \"p\" and was interrupted");
    }

    private ResourceFactories factories(String body, Map<String, String> params) {
        LoadedScenario scenario = Sources.load(dir, "ShopVU", body);
        return new ResourceFactories(scenario, scenario.params().parse(params), engine);
    }
}
