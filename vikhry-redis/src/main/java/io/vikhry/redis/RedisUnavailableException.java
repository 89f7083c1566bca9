package io.vikhry.redis;

import org.jspecify.annotations.Nullable;

/** No Redis could be had; the message is one line that says why and what to do. */
public final class RedisUnavailableException extends RuntimeException {
    RedisUnavailableException(String message) {
        super(message);
    }

    RedisUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
