package io.vikhry.runtime.http;

import io.vikhry.runtime.engine.Loop;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The pools that clients of one loop share: one for each origin and each way to connect to it. Any thread may ask. A pool is there
 * for as long as some client has joined it, and the loop is; who joins and who leaves last exclude each other on its entry.
 */
final class SharedPools {
    private final ConcurrentHashMap<Key, Shared> pools = new ConcurrentHashMap<>();

    /** All that a connection depends on. */
    private record Key(
            Origin origin,
            int most,
            long connectNanos,
            long firstByteNanos,
            long idleNanos,
            TlsContext tls,
            boolean http2,
            Route.Ways ways,
            boolean allowed) {}

    private record Shared(Pool pool, int clients) {}

    private SharedPools() {}

    static SharedPools of(Loop loop) {
        return loop.companion(SharedPools.class, SharedPools::new);
    }

    Pool join(ClientOwner owner, Origin origin, ClientSettings settings) {
        return pools.compute(
                        key(owner, origin, settings),
                        (key, known) -> known == null
                                ? new Shared(new Pool(owner, origin, settings), 1)
                                : new Shared(known.pool, known.clients + 1))
                .pool;
    }

    /** Leaves a pool once joined; whether nobody is left in it. */
    boolean leave(ClientOwner owner, Pool pool) {
        Shared left = pools.computeIfPresent(
                key(owner, pool.origin(), pool.settings()),
                (key, known) -> known.clients == 1 ? null : new Shared(known.pool, known.clients - 1));
        return left == null;
    }

    private static Key key(ClientOwner owner, Origin origin, ClientSettings settings) {
        @Nullable String forbidden = Pool.forbidden(owner, origin, new Route(origin, settings));
        return new Key(
                origin,
                settings.sharedConnections(),
                settings.connectTimeoutNanos(),
                settings.firstByteNanos(),
                settings.idleNanos(),
                settings.tls(),
                settings.http2(),
                settings.ways(),
                forbidden == null);
    }
}
