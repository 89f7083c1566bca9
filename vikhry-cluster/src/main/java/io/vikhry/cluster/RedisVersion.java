package io.vikhry.cluster;

import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.NestedMultiOutput;
import io.lettuce.core.protocol.CommandType;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Asks a Redis for its name and version by HELLO, which a scoped user may send where INFO is forbidden. */
final class RedisVersion {
    private static final int OLDEST = 7;

    private RedisVersion() {}

    /** Name and version, {@code redis 7.0.15}; refuses one that is too old. */
    static String ask(Redis redis) {
        List<Object> fields = redis.call(r -> r.dispatch(
                CommandType.HELLO, new NestedMultiOutput<>(RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE))));
        String server = field(fields, "server");
        String version = field(fields, "version");
        int major = Integer.parseInt(version.substring(0, version.indexOf('.')));
        if (major < OLDEST) {
            throw new ClusterException("Redis at " + redis.url() + " has version " + version + ": vikhry needs Redis "
                    + OLDEST + " or newer, or Valkey");
        }
        return server + " " + version;
    }

    private static String field(List<Object> fields, String name) {
        for (int i = 0; i + 1 < fields.size(); i += 2) {
            if (name.equals(text(fields.get(i)))) {
                return text(fields.get(i + 1));
            }
        }
        throw new ClusterException("what answers there is no Redis: its greeting names no " + name);
    }

    private static String text(Object field) {
        return field instanceof byte[] bytes ? new String(bytes, StandardCharsets.UTF_8) : String.valueOf(field);
    }
}
