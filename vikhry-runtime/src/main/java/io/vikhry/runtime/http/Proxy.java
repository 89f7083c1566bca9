package io.vikhry.runtime.http;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP proxy, who one is to it, and the hosts that are reached without it. Its text names no secret.
 *
 * @param authorization the value of {@code Proxy-Authorization}, a secret; null for none
 */
record Proxy(Origin origin, @Nullable String authorization, List<String> exceptions) {

    /** The proxy at {@code http://user:password@host:port}, of which all but the host may be missing. */
    static Proxy of(URI url) {
        String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
        String host = url.getHost();
        if (!scheme.equals("http") || host == null) {
            // Not the URL itself: it may hold a password.
            throw new IllegalArgumentException(
                    "a proxy is given as http://host:port or http://user:password@host:port");
        }
        // Of a URI, so its escapes are well-formed.
        String user = url.getUserInfo();
        String credentials = user == null
                ? null
                : "Basic " + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8));
        int port = url.getPort() < 0 ? 80 : url.getPort();
        return new Proxy(Origin.of(URI.create("http://" + host + ":" + port)), credentials, List.of());
    }

    /** This one, but not for these hosts and all names below them; {@code *} is all. */
    Proxy except(String... hosts) {
        List<String> all = new ArrayList<>(exceptions);
        for (String host : hosts) {
            String name = host.strip().toLowerCase(Locale.ROOT);
            all.add(name.startsWith(".") ? name.substring(1) : name);
        }
        return new Proxy(origin, authorization, List.copyOf(all));
    }

    /** Whether requests to {@code host} go by it. */
    boolean isFor(String host) {
        return exceptions.stream().noneMatch(e -> e.equals("*") || host.equals(e) || host.endsWith("." + e));
    }

    String host() {
        return origin.host();
    }

    int port() {
        return origin.port();
    }

    @Override
    public String toString() {
        return "the proxy " + origin.host() + ":" + origin.port();
    }
}
