/**
 * Finds or starts a real Redis server: one that is given by its URL, the machine's own {@code redis-server} or
 * {@code valkey-server}, the bundled binary, or a container. Start at {@link io.vikhry.redis.LocalRedis#start}.
 */
@NullMarked
package io.vikhry.redis;

import org.jspecify.annotations.NullMarked;
