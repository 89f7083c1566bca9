package io.vikhry.orchestrator.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vikhry.cluster.Safety;
import io.vikhry.orchestrator.run.Refusal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BodyTest {
    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "3", "null", "{} {}", "{\"users\": 1, \"users\": 2}", "\u0000"})
    void whatIsNoObjectIsRefused(String text) {
        assertThatThrownBy(() -> body(text, "users"))
                .isInstanceOfSatisfying(Refusal.class, e -> assertThat(e.code()).isEqualTo(Refusal.Code.INVALID_JSON));
    }

    @Test
    void whatIsNoJsonIsToldInWordsForWhoWroteIt() {
        for (String text :
                List.of("{} {}", "{\"users\": NaN}", "[".repeat(2_000), "{\"users\": " + "1".repeat(2_000))) {
            assertThatThrownBy(() -> body(text, "users"))
                    .hasMessageStartingWith("The body is not JSON: ")
                    .hasMessageNotContainingAny("`", "Feature", "Constraints")
                    .satisfies(e -> assertThat(e.getMessage().replace("(", ""))
                            .as("brackets that are opened are closed")
                            .hasSameSizeAs(e.getMessage().replace(")", "")));
        }
    }

    @Test
    void anUnknownFieldIsRefusedWithTheOneThatWasMeant() {
        assertThatThrownBy(() -> body("{\"ramp\": 1}", "users", "ramp_s"))
                .hasMessage("Unknown field ramp; did you mean ramp_s?");
        assertThatThrownBy(() -> body("{\"spawn_interval\": 1}", "users", "ramp_s"))
                .hasMessage("Unknown field spawn_interval; known are users, ramp_s.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "11", "1.5", "\"3\"", "true", "null", "1e400", "1e999999999", "[1]"})
    void aNumberOutOfItsRangeIsRefusedByName(String value) {
        assertThatThrownBy(() -> body("{\"users\": " + value + "}", "users").wholeNumber("users", 0, 10))
                .hasMessageStartingWith("users ")
                .isInstanceOfSatisfying(
                        Refusal.class, e -> assertThat(e.details()).containsEntry("field", "users"));
    }

    @Test
    void aRateThatNobodyMayServeIsRefused() {
        Body body = body("{\"rate\": 5}", "rate");
        Safety nobody = new Safety(List.of(), 0, null, Map.of(), 60);
        assertThatThrownBy(() -> OpenLoad.of(body, nobody)).hasMessageContaining("safety.max_users is 0");
    }

    @Test
    void numbersAreReadAsTheyAre() {
        assertThat(body("{\"users\": 1e1}", "users").wholeNumber("users", 0, 10))
                .isEqualTo(10);
        assertThat(body("{\"ramp_s\": 0.25}", "ramp_s").seconds("ramp_s", Duration.ZERO, 10))
                .isEqualTo(Duration.ofMillis(250));
        assertThat(body("{}", "ramp_s").seconds("ramp_s", Duration.ofSeconds(3), 10))
                .isEqualTo(Duration.ofSeconds(3));
        assertThat(body("{\"duration_s\": null}", "duration_s").positiveSeconds("duration_s", 10))
                .isNull();
        assertThat(body("{\"seed\": -7}", "seed").longOrNull("seed")).isEqualTo(-7);
        assertThatThrownBy(() -> body("{\"duration_s\": 0}", "duration_s").positiveSeconds("duration_s", 10))
                .hasMessageContaining("greater than 0");
        assertThatThrownBy(
                        () -> body("{\"seed\": 99999999999999999999}", "seed").longOrNull("seed"))
                .hasMessageContaining("64 bits");
    }

    @Test
    void paramsAreTexts() {
        assertThat(body("{\"params\": {\"a\": \"x\", \"b\": 5, \"c\": true, \"d\": 0.5}}", "params")
                        .texts("params"))
                .isEqualTo(Map.of("a", "x", "b", "5", "c", "true", "d", "0.5"));
        assertThatThrownBy(() -> body("{\"params\": {\"a\": {}}}", "params").texts("params"))
                .hasMessageStartingWith("params.a ");
    }

    private static Body body(String text, String... fields) {
        return Body.of(text.getBytes(StandardCharsets.UTF_8), fields);
    }
}
