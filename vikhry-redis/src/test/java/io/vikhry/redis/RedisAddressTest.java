package io.vikhry.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedisAddressTest {
    @Test
    void everyPartIsRead() {
        assertThat(RedisAddress.parse("rediss://me:p%40ss+word@example.test:7000/3"))
                .isEqualTo(new RedisAddress(true, "me", "p@ss+word", "example.test", 7000, "/3"));
        assertThat(RedisAddress.parse("redis://:pw@127.0.0.1"))
                .isEqualTo(new RedisAddress(false, null, "pw", "127.0.0.1", 6379, ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost:6379", "http://localhost", "redis://", "redis://a b", "redis://:secret@[", ""})
    void whatIsNoRedisUrlIsRefusedWithoutRepeatingIt(String url) {
        assertThatThrownBy(() -> RedisAddress.parse(url))
                .isInstanceOf(RedisUnavailableException.class)
                .hasMessageContaining("redis://")
                .hasMessageNotContaining("secret");
    }

    @ParameterizedTest
    @CsvSource({
        "Linux, amd64, linux-amd64",
        "Linux, aarch64, linux-arm64",
        "Linux, i386, linux-386",
        "Mac OS X, aarch64, darwin-arm64",
        "Mac OS X, x86_64, darwin-amd64",
    })
    void theBundledBinaryIsChosenBySystem(String os, String arch, String suffix) {
        assertThat(ServerBinary.resource(os, arch)).isEqualTo("redis-server-7.0.15-" + suffix);
        assertThat(ServerBinary.class.getResource("/" + ServerBinary.resource(os, arch)))
                .isNotNull();
    }

    @Test
    void aChoiceIsReadByItsName() {
        assertThat(Choice.of("Bundled")).isEqualTo(Choice.BUNDLED);
        assertThatThrownBy(() -> Choice.of("cloud")).hasMessageContaining("auto, url, path, bundled or docker");
    }
}
