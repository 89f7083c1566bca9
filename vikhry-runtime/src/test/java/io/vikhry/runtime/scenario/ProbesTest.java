package io.vikhry.runtime.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ProbesTest {
    @TempDir
    Path dir;

    @Test
    void whatAScenarioProbesIsDescribedInItsOrder() {
        ScenarioDescription described = load("""
                record Depths(int queue, Duration lag, boolean open) {}
                @Probe(every = "5s") static void alive() {}
                @Probe(every = "1s", timeout = "500ms", name = "depth") static double queueDepth(ProbeContext ctx) { return 1; }
                @Probe(every = "100ms") private static Depths depths() { return null; }
                """).describe();

        assertThat(described.probes())
                .containsExactly(
                        new ScenarioDescription.Probe("alive", "5s", "5s", List.of()),
                        new ScenarioDescription.Probe(
                                "depth", "1s", "500ms", List.of(new ProbeValue.Field("value", ProbeValue.Type.NUMBER))),
                        new ScenarioDescription.Probe(
                                "depths",
                                "100ms",
                                "5s",
                                List.of(
                                        new ProbeValue.Field("queue", ProbeValue.Type.NUMBER),
                                        new ProbeValue.Field("lag", ProbeValue.Type.DURATION),
                                        new ProbeValue.Field("open", ProbeValue.Type.BOOLEAN))));
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(
                Arguments.of(
                        "@Probe(every = \"1s\") void p() {}",
                        "ShopVU.p() is a probe and not static: it belongs to no user; add \"static\""),
                Arguments.of(
                        "@Probe(every = \"1s\") static void p(int x) {}",
                        "ShopVU.p() is a probe: it takes a ProbeContext or nothing"),
                Arguments.of(
                        "@Probe(every = \"1s\") static String p() { return \"\"; }",
                        "ShopVU.p() is a probe and returns String: return a number, a boolean, a Duration, a record"
                                + " of up to 20 of these, or nothing"),
                Arguments.of(
                        "record R(String s) {} @Probe(every = \"1s\") static R p() { return null; }",
                        "ShopVU.p() is a probe and returns R: return a number"),
                Arguments.of(
                        "@Probe(every = \"often\") static void p() {}",
                        "ShopVU.p(): every of probe \"p\": \"often\" is no duration"),
                Arguments.of(
                        "@Probe(every = \"10ms\") static void p() {}",
                        "ShopVU.p(): every of probe \"p\": \"10ms\" is too often; 100ms is the least"),
                Arguments.of(
                        "@Probe(every = \"1s\", timeout = \"0s\") static void p() {}",
                        "ShopVU.p(): timeout of probe \"p\": \"0s\" leaves it no time"),
                Arguments.of(
                        "@Probe(every = \"1s\", name = \"a b\") static void p() {}",
                        "ShopVU.p(): \"a b\" is no name for a probe"),
                Arguments.of(
                        "@Probe(every = \"1s\") static void p() {} @Probe(every = \"1s\", name = \"p\") static void q() {}",
                        "ShopVU.q() and ShopVU.p() are both probes named \"p\""));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void aMistakeIsRefusedWhenTheScenarioLoadsAndNamed(String body, String message) {
        assertThatThrownBy(() -> load(body))
                .isInstanceOf(ScenarioException.class)
                .hasMessageStartingWith(message);
    }

    private LoadedScenario load(String body) {
        return Sources.load(dir, "ShopVU", "@Step void a() {}\n" + body);
    }
}
