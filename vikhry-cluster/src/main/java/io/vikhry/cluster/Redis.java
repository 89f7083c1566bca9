package io.vikhry.cluster;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.MaintNotificationsConfig;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.lettuce.core.resource.Delay;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A connection to one Redis that tells the truth: a call has its answer within its timeout or throws, nothing waits in a queue
 * for a reconnect, and nothing is sent a second time. It reconnects by itself, within a second of Redis being there again.
 *
 * <p>Safe for use by any thread; calls of several threads share the connection. A call that blocks in Redis needs a connection
 * of its own: {@link #dedicated}.
 */
final class Redis implements AutoCloseable {
    static final Duration TIMEOUT = Duration.ofSeconds(3);
    private static final RedisCodec<String, byte[]> CODEC = RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE);

    static {
        // Lettuce would otherwise warn that it prefers epoll wherever io_uring is there as well.
        if (System.getProperty("io.lettuce.core.iouring") == null) {
            System.setProperty("io.lettuce.core.iouring", "false");
        }
    }

    private final RedisFault fault;
    private final ClientResources resources;
    private final RedisClient client;
    private final Link link;
    /** Where Sentinel says which Redis leads; else {@code null}. */
    private final @Nullable Replication replication;

    Redis(String url) {
        RedisURI uri = RedisFault.parse(url);
        uri.setTimeout(TIMEOUT);
        uri.getSentinels().forEach(sentinel -> sentinel.setTimeout(TIMEOUT));
        uri.setClientName("vikhry");
        this.fault = new RedisFault(uri);
        this.resources = DefaultClientResources.builder()
                .ioThreadPoolSize(2)
                .computationThreadPoolSize(2)
                .reconnectDelay(
                        Delay.fullJitter(Duration.ofMillis(20), Duration.ofMillis(800), 50, TimeUnit.MILLISECONDS))
                .build();
        this.client = RedisClient.create(resources, uri);
        client.setOptions(ClientOptions.builder()
                .disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
                .replayFilter(command -> true)
                .requestQueueSize(10_000)
                .maintNotificationsConfig(MaintNotificationsConfig.disabled())
                .socketOptions(SocketOptions.builder()
                        .connectTimeout(TIMEOUT)
                        .keepAlive(true)
                        .tcpNoDelay(true)
                        .build())
                .build());
        try {
            this.replication = uri.getSentinels().isEmpty() ? null : new Replication(fault.url());
            this.link = new Link(() -> client.connect(CODEC), null, replication != null);
        } catch (RedisException e) {
            shutdown();
            throw fault.unreachable(e);
        }
    }

    /** The URL without its password. */
    String url() {
        return fault.url();
    }

    <T> T call(Function<RedisCommands<String, byte[]>, T> command) {
        return call(link, command);
    }

    Reply eval(Script script, String[] keys, Object... args) {
        byte[][] values = new byte[args.length][];
        for (int i = 0; i < args.length; i++) {
            values[i] = args[i] instanceof byte[] bytes
                    ? bytes
                    : String.valueOf(args[i]).getBytes(StandardCharsets.UTF_8);
        }
        Reply reply = call(redis -> {
            List<?> fields;
            try {
                fields = redis.evalsha(script.sha1(), ScriptOutputType.MULTI, keys, values);
            } catch (RedisNoScriptException e) {
                // New to this Redis, or lost with its restart: the first time it goes as text.
                fields = redis.eval(script.text(), ScriptOutputType.MULTI, keys, values);
            }
            return new Reply(fields);
        });
        Replication replicas = replication;
        if (replicas != null && script.writes()) {
            try {
                replicas.confirm(link);
            } catch (RedisException e) {
                throw fault.explain(e);
            }
        }
        return reply;
    }

    /** The address of the Redis that leads now, as it names it; empty where that cannot change, because there is no Sentinel. */
    Optional<String> leading() {
        Replication replicas = replication;
        try {
            return replicas == null ? Optional.empty() : Optional.of(replicas.server(link));
        } catch (RedisException e) {
            throw fault.explain(e);
        }
    }

    /** A further connection, for one thread that blocks in Redis for at most {@code block} at a time. */
    Dedicated dedicated(Duration block) {
        try {
            return new Dedicated(new Link(() -> client.connect(CODEC), block.plus(TIMEOUT), replication != null));
        } catch (RedisException e) {
            throw fault.unreachable(e);
        }
    }

    private <T> T call(Link on, Function<RedisCommands<String, byte[]>, T> command) {
        try {
            return on.call(command);
        } catch (RedisException e) {
            throw fault.explain(e);
        }
    }

    @Override
    public void close() {
        link.close();
        shutdown();
    }

    private void shutdown() {
        client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
        resources.shutdown(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(2_500);
    }

    /** A connection for one thread. */
    final class Dedicated implements AutoCloseable {
        private final Link own;

        private Dedicated(Link own) {
            this.own = own;
        }

        <T> T call(Function<RedisCommands<String, byte[]>, T> command) {
            return Redis.this.call(own, command);
        }

        @Override
        public void close() {
            own.close();
        }
    }
}
