package io.vikhry.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AllowedHostsTest {
    @ParameterizedTest(name = "{0} permits {1}:{2}: {3}")
    @CsvSource({
        "shop.test,           shop.test,          80,   true",
        "shop.test,           shop.test,          8443, true",
        "Shop.Test,           shop.test,          80,   true",
        "shop.test,           shop.test.,         80,   true",
        "shop.test,           www.shop.test,      80,   false",
        "shop.test,           evilshop.test,      80,   false",
        "shop.test,           shop.test.evil.com, 80,   false",
        "shop.test:8000,      shop.test,          8000, true",
        "shop.test:8000,      shop.test,          8001, false",
        "*.shop.test,         a.shop.test,        80,   true",
        "*.shop.test,         a.b.shop.test,      80,   true",
        "*.shop.test,         shop.test,          80,   false",
        "*.shop.test,         evilshop.test,      80,   false",
        "*.shop.test:443,     a.shop.test,        443,  true",
        "*.shop.test:443,     a.shop.test,        80,   false",
        "127.0.0.1,           127.0.0.1,          9,    true",
        "127.0.0.1,           localhost,          9,    false",
        "127.0.0.1,           127.1,              9,    false",
        "::1,                 ::1,                9,    true",
        "[::1],               ::1,                9,    true",
        "[::1]:8000,          ::1,                8000, true",
        "[::1]:8000,          ::1,                9,    false",
        "B\u00dccher:8000,    xn--bcher-kva,      8000, true",
        "*.b\u00fccher:8000,  a.xn--bcher-kva,    8000, true",
        "*.b\u00fccher:8000,  a.xn--bcher-kva,    8001, false",
    })
    void whatAnEntryPermits(String entry, String host, int port, boolean permitted) {
        assertThat(AllowedHosts.of(List.of("other.test", entry)).permits(host, port))
                .isEqualTo(permitted);
    }

    @Test
    void noListAllowsAny() {
        assertThat(AllowedHosts.of(List.of()).permits("any.where", 1)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "*",
                "*.",
                "a..b",
                "http://shop.test",
                "shop.test/x",
                "shop.test:",
                "shop.test:0",
                "shop.test:65536",
                "shop.test:http",
                "a*.test",
                "sh op",
                "[::1",
                "[shop.test]:80"
            })
    void whatIsNoHostIsNamedWithARemedy(String entry) {
        assertThatThrownBy(() -> AllowedHosts.of(List.of(entry)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("\"" + entry + "\" is no host to allow: ")
                .hasMessageNotContaining("\n");
    }
}
