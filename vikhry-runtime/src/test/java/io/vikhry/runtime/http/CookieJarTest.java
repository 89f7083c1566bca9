package io.vikhry.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CookieJarTest {
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final CookieJar jar = new CookieJar(() -> now);
    private final Origin site = new Origin(true, "www.example.com", 443);

    private void set(String... lines) {
        jar.store(site, "/shop/cart?x=/y", List.of(lines));
    }

    private String sent(boolean tls, String host, String target) {
        return jar.header(new Origin(tls, host, tls ? 443 : 80), target);
    }

    @Test
    void hostAndDomainDecideWhoGetsIt() {
        set("own=1; Path=/", "all=2; Path=/; Domain=.example.com", "no=3; Domain=com", "no=4; Domain=other.com");
        assertThat(sent(true, "www.example.com", "/")).isEqualTo("own=1; all=2");
        assertThat(sent(true, "api.example.com", "/")).isEqualTo("all=2");
        assertThat(sent(true, "badexample.com", "/")).isNull();
    }

    @Test
    void theDefaultPathIsTheDirectoryOfTheRequest() {
        set("a=1");
        assertThat(sent(true, "www.example.com", "/shop")).isEqualTo("a=1");
        assertThat(sent(true, "www.example.com", "/shop/pay?q=1")).isEqualTo("a=1");
        assertThat(sent(true, "www.example.com", "/shopping")).isNull();
        assertThat(sent(true, "www.example.com", "/")).isNull();
    }

    @Test
    void secureStaysOnTls() {
        set("a=1; Secure; Path=/");
        assertThat(sent(false, "www.example.com", "/")).isNull();
        assertThat(sent(true, "www.example.com", "/")).isEqualTo("a=1");
    }

    @Test
    void expiryIsKeptToAndMaxAgeWins() {
        set(
                "a=1; Path=/; Max-Age=10",
                "b=2; Path=/; Expires=Thu, 01 Jan 2026 00:00:20 GMT",
                "c=3; Path=/; Expires=Thu, 01-Jan-1970 00:00:01 GMT; Max-Age=30",
                "d=4; Path=/; Expires=Thu, 01-Jan-1970 00:00:01 GMT");
        assertThat(sent(true, "www.example.com", "/")).isEqualTo("a=1; b=2; c=3");
        now = now.plusSeconds(15);
        assertThat(sent(true, "www.example.com", "/")).isEqualTo("b=2; c=3");
        now = now.plusSeconds(10);
        assertThat(sent(true, "www.example.com", "/")).isEqualTo("c=3");
        set("c=; Path=/; Max-Age=0");
        assertThat(sent(true, "www.example.com", "/")).isNull();
        assertThat(jar.isEmpty()).isTrue();
    }

    @Test
    void aNewValueReplacesTheOldAndNonsenseIsIgnored() {
        set("a=1; Path=/", "a=2; Path=/", "=x", "novalue", "b=c=d; Path=/; Expires=whenever");
        assertThat(sent(true, "www.example.com", "/")).isEqualTo("a=2; b=c=d");
    }

    @Test
    void itCannotGrowWithoutBound() {
        for (int i = 0; i < 1000; i++) {
            set("c" + i + "=1; Path=/");
        }
        assertThat(sent(true, "www.example.com", "/").split("; ")).hasSizeLessThanOrEqualTo(300);
    }

    @Test
    void oneThatIsTooLongIsIgnored() {
        set("big=" + "x".repeat(4_092) + "; Path=/", "bigger=" + "x".repeat(4_092) + "; Path=/");
        assertThat(sent(true, "www.example.com", "/")).startsWith("big=x").hasSize(4_096);
    }

    @Test
    void whateverIsSetItNeverThrows() {
        Random random = new Random(11);
        String lastYear = DateTimeFormatter.ofPattern("EEE", Locale.ENGLISH).format(LocalDate.of(999_999_999, 1, 1));
        String[] parts = {
            ";",
            "=",
            "a",
            "b=c",
            " ",
            ",",
            "Domain=",
            ".",
            "example.com",
            "Path=",
            "/",
            "Max-Age=",
            "9",
            "-",
            "Expires=",
            "Thu, 01 Jan 2026 00:00:20 GMT",
            lastYear + ", 01-Jan-+999999999 00:00:00 GMT",
            "Secure",
            "\"",
            "\u00fc"
        };
        for (int i = 0; i < 100_000; i++) {
            StringBuilder line = new StringBuilder();
            for (int n = random.nextInt(12); n > 0; n--) {
                line.append(parts[random.nextInt(parts.length)]);
            }
            jar.store(site, random.nextBoolean() ? "/" : "/shop/cart", List.of(line.toString()));
            sent(random.nextBoolean(), "www.example.com", "/shop/x");
        }
    }
}
