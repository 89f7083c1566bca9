package io.vikhry.cluster;

import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.ByteArrayOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a Redis says counts only when a replica has it, where Sentinel may put a replica in its place: else two workers could hold
 * one user, or two users one item, the one by what the old Redis said last and the other by what the new one never heard of. A
 * Redis that is cut off from its replicas thus renews nobody's lease, and those who still hear it park.
 *
 * <p>A Redis that has never had a replica since it leads needs none: nobody can be put in its place. So a pair goes on when one
 * of the two has died.
 *
 * <p>Any thread may call; what is known is published as one immutable value.
 */
final class Replication {
    /** How long a replica may take, in ms. */
    private static final long PATIENCE_MILLIS = 1_000;
    /** How long it is looked for one that is not known. */
    private static final long GLIMPSE_MILLIS = 50;

    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final RedisCodec<String, byte[]> CODEC = RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE);
    private static final Pattern ADDRESS = Pattern.compile("\\bladdr=(\\S+)");

    private final String url;
    private volatile Known known = new Known("", false, System.nanoTime() - LOOK_NANOS);

    Replication(String url) {
        this.url = url;
    }

    /**
     * What is known of the Redis at the other end.
     *
     * @param server its own address, as it names it
     * @param replicated whether it has had a replica
     * @param lookedNanos when that was asked
     */
    private record Known(String server, boolean replicated, long lookedNanos) {}

    /** Waits until a replica has what was written on {@code link}; throws if none comes to have it. */
    void confirm(Link link) {
        Known now = current(link);
        boolean due = System.nanoTime() - now.lookedNanos >= LOOK_NANOS;
        if (!now.replicated && !due) {
            return;
        }
        long patience = now.replicated ? PATIENCE_MILLIS : GLIMPSE_MILLIS;
        long has = link.call(r -> r.waitForReplication(1, patience));
        if (has > 0 || !now.replicated) {
            known = new Known(now.server, has > 0 || now.replicated, System.nanoTime());
            return;
        }
        if (server(link).equals(now.server)) {
            throw new ClusterException("Redis at " + url + " (" + now.server
                    + ") has lost its replicas: what it says now would be lost with it; bring a replica back");
        }
        // It was put in place a moment ago, and has none yet.
        known = new Known("", false, System.nanoTime() - LOOK_NANOS);
    }

    /** The address of the Redis that leads, as it names it. */
    String server(Link link) {
        byte[] said = link.call(r ->
                r.dispatch(CommandType.CLIENT, new ByteArrayOutput<>(CODEC), new CommandArgs<>(CODEC).add("INFO")));
        Matcher address = ADDRESS.matcher(said == null ? "" : new String(said, StandardCharsets.UTF_8));
        return address.find() ? address.group(1) : "";
    }

    private Known current(Link link) {
        Known now = known;
        if (System.nanoTime() - now.lookedNanos >= LOOK_NANOS) {
            String server = server(link);
            if (!server.equals(now.server)) {
                now = new Known(server, false, now.lookedNanos);
                known = now;
            }
        }
        return now;
    }
}
