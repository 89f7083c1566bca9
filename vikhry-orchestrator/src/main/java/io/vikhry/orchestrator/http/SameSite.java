package io.vikhry.orchestrator.http;

import io.javalin.http.Context;
import io.vikhry.orchestrator.run.Refusal;
import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps pages of other sites away: a browser sends their requests too, with the person's own access to loopback.
 *
 * <p>A request that names an origin must name this server as it does in {@code Host}. Where the server listens on loopback only,
 * {@code Host} must be a loopback name: a foreign name that resolves to 127.0.0.1 is an attack (DNS rebinding).
 */
record SameSite(boolean loopback) {
    private static final Set<String> LOOPBACK_NAMES = Set.of("localhost", "127.0.0.1", "[::1]");

    void check(Context ctx) {
        check(ctx.header("Host"), ctx.header("Origin"));
    }

    void check(@Nullable String host, @Nullable String origin) {
        if (loopback && (host == null || !LOOPBACK_NAMES.contains(name(host)))) {
            throw new Refusal(
                    Refusal.Code.FORBIDDEN_ORIGIN,
                    "This orchestrator listens on loopback only; ask for it as 127.0.0.1 or localhost.",
                    Map.of("host", String.valueOf(host)));
        }
        if (origin != null && (host == null || !host.equalsIgnoreCase(authority(origin)))) {
            throw new Refusal(
                    Refusal.Code.FORBIDDEN_ORIGIN,
                    "Pages of " + origin + " may not use this orchestrator.",
                    Map.of("origin", origin));
        }
    }

    private static @Nullable String authority(String origin) {
        try {
            return URI.create(origin).getRawAuthority();
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static String name(String host) {
        int colon = host.lastIndexOf(':');
        boolean port = colon >= 0 && colon > host.lastIndexOf(']');
        return (port ? host.substring(0, colon) : host).toLowerCase(Locale.ROOT);
    }
}
