package io.vikhry.runtime.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vikhry.api.VU;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ParamsTest {
    @TempDir
    Path dir;

    private LoadedScenario shop;

    @BeforeEach
    void load() {
        shop = Sources.load(dir, "ShopVU", """
                public enum Mode { FAST, SLOW }
                @Param public URI baseUrl = URI.create("http://h");
                @Param(description = "how many") public Integer users;
                @Param private long limit = 7;
                @Param public double ratio = 0.5;
                @Param public boolean on;
                @Param public Duration think = Duration.ofMillis(250);
                @Param public Mode mode = Mode.FAST;
                public long limit() { return limit; }
                @Step void a() {}
                """);
    }

    @Test
    void valuesReachTheFieldsAndDefaultsStay() throws Throwable {
        ParamValues values = shop.params()
                .parse(Map.of(
                        "users", " 5 ", "limit", "9", "on", "TRUE", "think", "1.5s", "mode", "slow", "ratio", "1e-3"));

        VU user = shop.newUser(values);

        assertThat(field(user, "baseUrl")).isEqualTo(URI.create("http://h"));
        assertThat(field(user, "users")).isEqualTo(5);
        assertThat(user.getClass().getMethod("limit").invoke(user)).isEqualTo(9L);
        assertThat(field(user, "ratio")).isEqualTo(0.001);
        assertThat(field(user, "on")).isEqualTo(true);
        assertThat(field(user, "think")).isEqualTo(Duration.ofMillis(1500));
        assertThat(field(user, "mode")).hasToString("SLOW");
    }

    @Test
    void valuesAsTextReadTheSameAgain() {
        ParamValues values = shop.params().parse(Map.of("users", "5", "think", "90s"));

        assertThat(values.asText())
                .containsEntry("baseUrl", "http://h")
                .containsEntry("users", "5")
                .containsEntry("think", "90s")
                .containsEntry("mode", "FAST")
                .hasSize(7);
        assertThat(shop.params().parse(values.asText()).asText()).isEqualTo(values.asText());
    }

    @Test
    void aValueIsGivenAsTheTypeAskedFor() {
        ParamValues values = shop.params().parse(Map.of("users", "5"));

        assertThat(values.get("users", int.class)).isEqualTo(5);
        assertThat(values.get("users", Integer.class)).isEqualTo(5);
        assertThat(values.get("users", String.class)).isEqualTo("5");
        assertThat(values.get("baseUrl", URI.class)).isEqualTo(URI.create("http://h"));
        assertThatThrownBy(() -> values.get("users", URI.class))
                .hasMessage("param \"users\" is of type Integer, not URI");
        assertThatThrownBy(() -> values.get("user", String.class)).hasMessageContaining("did you mean \"users\"?");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        users | many | param "users" wants an int, got "many"
        limit | 1.5 | param "limit" wants a long, got "1.5"
        ratio | NaN | param "ratio" wants a double, got "NaN"
        on | yes | param "on" wants true or false, got "yes"
        think | 5 | param "think" wants a duration such as 250ms, got "5"
        mode | quick | param "mode" wants one of FAST, SLOW, got "quick"
        baseUrl | http://a b | param "baseUrl" wants a URI, got "http://a b"
        bseUrl | x | scenario ShopVU has no param "bseUrl"; did you mean "baseUrl"?
        zzzzzz | x | scenario ShopVU has no param "zzzzzz"; there are baseUrl, users, limit, ratio, on, think, mode
        """)
    void aWrongValueIsRefusedByName(String name, String value, String message) {
        Map<String, String> texts = new LinkedHashMap<>(Map.of("users", "1"));
        texts.put(name, value);

        assertThatThrownBy(() -> shop.params().parse(texts))
                .isInstanceOfSatisfying(
                        ParamException.class, e -> assertThat(e.param()).isEqualTo(name))
                .hasMessage(message);
    }

    @Test
    void aMissingRequiredValueIsNamed() {
        assertThatThrownBy(() -> shop.params().parse(Map.of()))
                .isInstanceOfSatisfying(
                        ParamException.class, e -> assertThat(e.problem()).isEqualTo(ParamException.Problem.MISSING))
                .hasMessage("param \"users\" is required: give an int (how many)");
    }

    private static Object field(VU user, String name) throws ReflectiveOperationException {
        return user.getClass().getField(name).get(user);
    }
}
