package io.vikhry.runtime.http;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A proxy, who one is to it, and the hosts that are reached without it. Its text names no secret.
 *
 * @param socks whether it speaks SOCKS5, which gives ways only, instead of HTTP
 * @param login {@code user:password}, a secret; null for none
 */
record Proxy(Origin origin, boolean socks, @Nullable String login, List<String> exceptions) {
    private static final int LONGEST = 255;

    /** The proxy at {@code http://user:password@host:port} or {@code socks5://…}, of which all but the host may be missing. */
    static Proxy of(URI url) {
        String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
        String host = url.getHost();
        boolean socks = scheme.equals("socks5");
        if (!socks && !scheme.equals("http") || host == null) {
            // Not the URL itself: it may hold a password.
            throw new IllegalArgumentException(
                    "a proxy is given as http://host:port or http://user:password@host:port, or with socks5 for http");
        }
        // Of a URI, so its escapes are well-formed.
        String user = url.getUserInfo();
        if (socks && user != null && user.getBytes(StandardCharsets.UTF_8).length > LONGEST) {
            throw new IllegalArgumentException("the credentials for a SOCKS5 proxy are longer than 255 bytes");
        }
        int port = url.getPort() >= 0 ? url.getPort() : socks ? 1080 : 80;
        return new Proxy(Origin.of(URI.create("http://" + host + ":" + port)), socks, user, List.of());
    }

    /** The value of {@code Proxy-Authorization}, a secret; null for none. */
    @Nullable String authorization() {
        return login == null
                ? null
                : "Basic " + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8));
    }

    /** This one, but not for these hosts and all names below them; {@code *} is all. */
    Proxy except(String... hosts) {
        List<String> all = new ArrayList<>(exceptions);
        for (String host : hosts) {
            String name = host.strip().toLowerCase(Locale.ROOT);
            all.add(name.startsWith(".") ? name.substring(1) : name);
        }
        return new Proxy(origin, socks, login, List.copyOf(all));
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
