package io.vikhry.runtime.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.vikhry.runtime.engine.Engine;
import io.vikhry.runtime.engine.EngineOptions;
import io.vikhry.runtime.probe.ProbeSample.Outcome;
import io.vikhry.runtime.scenario.LoadedScenario;
import io.vikhry.runtime.scenario.ProbeValue;
import io.vikhry.runtime.scenario.Sources;
import io.vikhry.runtime.vu.Fence;
import io.vikhry.runtime.vu.Leash;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ProbeWatchTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    Path dir;

    private final Fence fence = Fence.open();
    private final List<ProbeSample> seen = new CopyOnWriteArrayList<>();
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
    void eachProbeSaysWhatItSawAtItsOwnRhythm() {
        try (ProbeWatch watching = watch("""
                record Both(int depth, Duration lag, boolean open) {}
                static final AtomicInteger CALLS = new AtomicInteger();
                @Probe(every = "100ms") static int calls() { return CALLS.incrementAndGet(); }
                @Probe(every = "1h") static Both both() { return new Both(7, Duration.ofMillis(1500), true); }
                @Probe(every = "1h") static void nothing() {}
                @Probe(every = "1h") static Integer none() { return null; }
                @Probe(every = "1h") static double nan() { return 0.0 / 0; }
                static class Mute extends Error {
                    @Override public String toString() { throw new IllegalStateException("no text"); }
                }
                @Probe(every = "1h") static void mute() { throw new Mute(); }
                @Probe(every = "1h") static void broken() { throw new IllegalStateException("no way\\nsecond line"); }
                """)) {
            await().atMost(SOON)
                    .until(() -> look("calls").size() >= 5
                            && seen.stream().map(ProbeSample::probe).distinct().count() == 7);

            assertThat(look("calls"))
                    .extracting(s -> s.values().getFirst().value())
                    .startsWith(1.0, 2.0, 3.0, 4.0, 5.0);
            assertThat(look("both")).singleElement().satisfies(sample -> {
                assertThat(sample.outcome()).isEqualTo(Outcome.OK);
                assertThat(sample.values())
                        .containsExactly(
                                value("depth", ProbeValue.Type.NUMBER, 7),
                                value("lag", ProbeValue.Type.DURATION, 1500),
                                value("open", ProbeValue.Type.BOOLEAN, 1));
            });
            assertThat(look("nothing")).extracting(ProbeSample::outcome).containsExactly(Outcome.OK);
            assertThat(look("none"))
                    .extracting(ProbeSample::error)
                    .containsExactly("java.lang.IllegalStateException: it returned null instead of a value");
            assertThat(look("nan")).extracting(ProbeSample::outcome).containsExactly(Outcome.FAILED);
            assertThat(look("mute"))
                    .extracting(ProbeSample::error)
                    .singleElement(InstanceOfAssertFactories.STRING)
                    .contains("Mute, which cannot describe itself");
            assertThat(look("broken"))
                    .extracting(ProbeSample::error)
                    .containsExactly("java.lang.IllegalStateException: no way");
        }
    }

    @Test
    void aProbeThatHangsIsCutAndCountedAndDelaysNoOther() {
        System.clearProperty("vikhry.test.stop");
        try (ProbeWatch watching = watch("""
                @Probe(every = "100ms", timeout = "200ms") static void sleeps() throws Exception { Thread.sleep(60_000); }
                @Probe(every = "100ms", timeout = "200ms") static void deaf() {
                    while (System.getProperty("vikhry.test.stop") == null) {
                        try { Thread.sleep(20); } catch (InterruptedException e) { }
                    }
                }
                @Probe(every = "100ms") static int fine() { return 1; }
                """)) {
            await().atMost(SOON)
                    .until(() -> look("fine").size() >= 15
                            && look("sleeps").size() >= 3
                            && look("deaf").size() >= 3);

            assertThat(look("sleeps")).allSatisfy(sample -> {
                assertThat(sample.outcome()).isEqualTo(Outcome.TIMEOUT);
                assertThat(sample.error()).isEqualTo("cut off after its timeout of 200ms");
                assertThat(sample.elapsedMicros()).isGreaterThanOrEqualTo(200_000);
            });
            assertThat(look("deaf").getFirst().error()).startsWith("cut off");
            assertThat(look("deaf").get(1).error()).startsWith("not called: an earlier call goes on");
            assertThat(threads("vikhry-probe-deaf")).isEqualTo(1);
            assertThat(look("fine")).extracting(ProbeSample::outcome).containsOnly(Outcome.OK);
        } finally {
            System.setProperty("vikhry.test.stop", "yes");
        }
        await().atMost(SOON).until(() -> threads("vikhry-probe-sleeps") + threads("vikhry-probe-deaf") == 0);
    }

    @Test
    void aCallThatHasEndedIsNotTakenForOneThatWasCutWhileItIsTold() {
        Consumer<ProbeSample> slow = sample -> {
            boolean first = sample.probe().equals("told") && look("told").isEmpty();
            seen.add(sample);
            if (first) {
                await().atMost(SOON).until(() -> look("other").size() >= 5);
            }
        };
        try (ProbeWatch watching = watch("""
                @Probe(every = "100ms") static int told() { return 1; }
                @Probe(every = "100ms") static int other() { return 1; }
                """, Map.of(), slow)) {
            await().atMost(SOON).until(() -> look("told").size() >= 3);
            assertThat(look("told")).extracting(ProbeSample::outcome).containsOnly(Outcome.OK);
        }
    }

    @Test
    void itsRequestsStopAtTheFenceAndAreNoPartOfTheRun() throws IOException {
        AtomicInteger calls = new AtomicInteger();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            calls.incrementAndGet();
            byte[] body = "{\"depth\":12}".getBytes(StandardCharsets.US_ASCII);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        String url = "http://127.0.0.1:" + server.getAddress().getPort();
        try (ProbeWatch watching = watch("""
                @Param URI baseUrl = URI.create("http://127.0.0.1:1");
                @Probe(every = "100ms", timeout = "20s") static int depth(ProbeContext ctx) {
                    Http http = ctx.http(ctx.param("baseUrl", URI.class)).build();
                    return http.get("/depth").send().json("/depth", int.class);
                }
                @Probe(every = "100ms") static void late(ProbeContext ctx) throws Exception {
                    Http http = ctx.http(ctx.param("baseUrl", URI.class)).build();
                    Thread.sleep(50);
                    http.get("/late").send();
                }
                """, Map.of("baseUrl", url))) {
            await().atMost(SOON).until(() -> look("depth").size() >= 3);
            assertThat(look("depth")).extracting(ProbeSample::error).containsOnly("");
            assertThat(look("depth"))
                    .extracting(ProbeSample::values)
                    .containsOnly(List.of(value("value", ProbeValue.Type.NUMBER, 12)));

            fence.close();
            await().atMost(SOON).until(() -> threads("vikhry-probe-depth") + threads("vikhry-probe-late") == 0);
            int before = calls.get();
            await().pollDelay(Duration.ofMillis(500)).until(() -> true);
            assertThat(calls).hasValue(before);
        } finally {
            server.stop(0);
        }
    }

    @Test
    void whatRunsWhenItIsClosedIsInterruptedAndNotCounted() {
        ProbeWatch watch = watch("@Probe(every = \"1h\") static void p() throws Exception { Thread.sleep(60_000); }");
        await().atMost(SOON).until(() -> threads("vikhry-probe-p") == 1);

        watch.close();

        await().atMost(SOON).until(() -> threads("vikhry-probe-p") == 0);
        assertThat(seen).isEmpty();
    }

    private static long threads(String name) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals(name))
                .count();
    }

    private static ProbeValue value(String name, ProbeValue.Type type, double value) {
        return new ProbeValue(new ProbeValue.Field(name, type), value);
    }

    private List<ProbeSample> look(String probe) {
        return seen.stream().filter(sample -> sample.probe().equals(probe)).toList();
    }

    private ProbeWatch watch(String body) {
        return watch(body, Map.of());
    }

    private ProbeWatch watch(String body, Map<String, String> params) {
        return watch(body, params, seen::add);
    }

    private ProbeWatch watch(String body, Map<String, String> params, Consumer<ProbeSample> told) {
        LoadedScenario scenario = Sources.load(dir, "ShopVU", "@Step void a() {}\n" + body);
        return new ProbeWatch(
                engine, scenario, scenario.params().parse(params), fence, Leash.NONE, System::currentTimeMillis, told);
    }
}
