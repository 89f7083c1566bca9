package io.vikhry.redis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class RedisFixtureIT {
    @RegisterExtension
    static final RedisFixture redis = new RedisFixture();

    @Test
    void itAnswersAndCanBeEmptied() {
        redis.flush();
        assertThat(LocalRedis.probe(redis.url()))
                .get()
                .extracting(RedisServerInfo::keys)
                .isEqualTo(0L);
    }
}
