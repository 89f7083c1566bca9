package io.vikhry.orchestrator.http;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vikhry.orchestrator.run.Refusal;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SameSiteTest {
    @ParameterizedTest
    @CsvSource({
        "127.0.0.1:8080,",
        "localhost:8080,",
        "LOCALHOST,",
        "[::1]:8080,",
        "localhost:8080,http://localhost:8080",
        "[::1]:8080,http://[::1]:8080"
    })
    void ownPagesAndProgramsMayAsk(String host, String origin) {
        assertThatCode(() -> new SameSite(true).check(host, origin)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({
        "evil.example:8080,",
        ",",
        "localhost.evil.example,",
        "127.0.0.1.evil.example:8080,",
        "localhost:8080,http://evil.example",
        "localhost:8080,http://localhost:3000",
        "localhost:8080,null",
        "localhost:8080,:not a url:",
        "evil.example:8080,http://evil.example:8080"
    })
    void pagesOfOthersMayNot(String host, String origin) {
        assertThatThrownBy(() -> new SameSite(true).check(host, origin)).isInstanceOf(Refusal.class);
    }

    @ParameterizedTest
    @CsvSource({"load.example:8080,", "load.example:8080,http://load.example:8080"})
    void offLoopbackAnyNameIsOurs(String host, String origin) {
        assertThatCode(() -> new SameSite(false).check(host, origin)).doesNotThrowAnyException();
    }
}
