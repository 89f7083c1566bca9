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
        String authority = url.getRawAuthority() == null ? "" : url.getRawAuthority();
        boolean socks = scheme.equals("socks5");
        int at = authority.lastIndexOf('@');
        String user = at < 0 ? null : Reference.decoded(authority.substring(0, at));
        Origin origin = origin(authority.substring(at + 1), socks);
        if (!socks && !scheme.equals("http") || origin == null) {
            // Not the URL itself: it may hold a password.
            throw new IllegalArgumentException(
                    "a proxy is given as http://host:port or http://user:password@host:port, or with socks5 for http");
        }
        if (socks && user != null && user.getBytes(StandardCharsets.UTF_8).length > LONGEST) {
            throw new IllegalArgumentException("the credentials for a SOCKS5 proxy are longer than 255 bytes");
        }
        return new Proxy(origin, socks, user, List.of());
    }

    private static @Nullable Origin origin(String authority, boolean socks) {
        boolean hasPort = authority.indexOf(':', Math.max(0, authority.indexOf(']'))) >= 0;
        try {
            return Origin.at(false, socks && !hasPort ? authority + ":1080" : authority, "the proxy");
        } catch (IllegalArgumentException e) {
            // Whoever asks says so without the message.
            return null;
        }
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
            String name = Origin.ascii(host.strip());
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
