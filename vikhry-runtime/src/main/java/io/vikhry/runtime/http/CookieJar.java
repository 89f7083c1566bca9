package io.vikhry.runtime.http;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The cookies of one client, after RFC 6265 as far as a load test needs it: host, path, {@code Secure} and expiry are kept to;
 * there is no list of public suffixes, but a domain must contain a dot and the host that sets it.
 *
 * <p>An immutable list is replaced under a lock, so that children of the VU may share the jar; reading takes no lock.
 */
final class CookieJar {
    private static final int MAX_COOKIES = 300;

    /** Of name and value, as browsers have it: all of them go into the head of each request. */
    private static final int MAX_COOKIE = 4_096;

    private record Cookie(
            String name,
            String value,
            String domain,
            boolean hostOnly,
            String path,
            boolean secure,
            long expiresMillis) {
        boolean isFor(Origin origin, String requestPath, long nowMillis) {
            return expiresMillis > nowMillis
                    && (!secure || origin.tls())
                    && (origin.host().equals(domain)
                            || !hostOnly && origin.host().endsWith("." + domain))
                    && (requestPath.equals(path)
                            || requestPath.startsWith(path)
                                    && (path.endsWith("/") || requestPath.charAt(path.length()) == '/'));
        }

        boolean replaces(Cookie other) {
            return name.equals(other.name) && domain.equals(other.domain) && path.equals(other.path);
        }
    }

    private final InstantSource clock;
    private final Object lock = new Object();
    private volatile List<Cookie> cookies = List.of();

    CookieJar(InstantSource clock) {
        this.clock = clock;
    }

    boolean isEmpty() {
        return cookies.isEmpty();
    }

    /** The value of the {@code Cookie} header for a request, or null if there is none to send. */
    @Nullable String header(Origin origin, String target) {
        String path = pathOf(target);
        long now = clock.millis();
        StringBuilder out = null;
        for (Cookie cookie : cookies) {
            if (cookie.isFor(origin, path, now)) {
                out = out == null ? new StringBuilder() : out.append("; ");
                out.append(cookie.name).append('=').append(cookie.value);
            }
        }
        return out == null ? null : out.toString();
    }

    /** Keeps what {@code Set-Cookie} headers of a response from there set; ignores what they may not set. */
    void store(Origin origin, String target, List<String> setCookies) {
        for (String line : setCookies) {
            Cookie cookie = parse(origin, pathOf(target), line);
            if (cookie != null) {
                store(cookie);
            }
        }
    }

    private void store(Cookie cookie) {
        synchronized (lock) {
            long now = clock.millis();
            List<Cookie> next = new ArrayList<>(cookies);
            next.removeIf(old -> cookie.replaces(old) || old.expiresMillis <= now);
            if (cookie.expiresMillis > now && next.size() < MAX_COOKIES) {
                next.add(cookie);
                // Longer paths go first; the sort is stable, so earlier ones go before later ones.
                next.sort(Comparator.comparingInt((Cookie c) -> -c.path.length()));
            }
            cookies = List.copyOf(next);
        }
    }

    private @Nullable Cookie parse(Origin origin, String requestPath, String line) {
        String[] parts = line.split(";", -1);
        int equals = parts[0].indexOf('=');
        if (equals < 1 || parts[0].length() > MAX_COOKIE || line.chars().anyMatch(c -> c < ' ' || c == 127)) {
            return null;
        }
        String domain = origin.host();
        boolean hostOnly = true;
        int slash = requestPath.lastIndexOf('/');
        String path = slash <= 0 ? "/" : requestPath.substring(0, slash);
        boolean secure = false;
        long expires = Long.MAX_VALUE;
        boolean maxAge = false;
        for (int i = 1; i < parts.length; i++) {
            String[] attribute = parts[i].split("=", 2);
            String value = attribute.length == 2 ? attribute[1].strip() : "";
            switch (attribute[0].strip().toLowerCase(Locale.ROOT)) {
                case "domain" -> {
                    String given = (value.startsWith(".") ? value.substring(1) : value).toLowerCase(Locale.ROOT);
                    if (given.isEmpty() || given.equals(origin.host())) {
                        hostOnly = given.isEmpty();
                    } else if (origin.host().endsWith("." + given) && given.indexOf('.') > 0 && !isAddress(origin)) {
                        domain = given;
                        hostOnly = false;
                    } else {
                        return null;
                    }
                }
                case "path" -> path = value.startsWith("/") ? value : path;
                case "secure" -> secure = true;
                case "max-age" -> {
                    if (value.matches("-?\\d{1,12}")) {
                        long seconds = Long.parseLong(value);
                        expires = seconds <= 0 ? 0 : clock.millis() + seconds * 1000;
                        maxAge = true;
                    }
                }
                case "expires" ->
                    expires = maxAge ? expires : CookieDate.millis(value).orElse(Long.MAX_VALUE);
                default -> {}
            }
        }
        String name = parts[0].substring(0, equals).strip();
        String value = parts[0].substring(equals + 1).strip();
        return new Cookie(name, value, domain, hostOnly, path, secure, expires);
    }

    private static boolean isAddress(Origin origin) {
        return origin.host().indexOf(':') >= 0 || origin.host().matches("[0-9.]+");
    }

    private static String pathOf(String target) {
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }
}
