package io.vikhry.redis;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A Redis URL taken apart: {@code redis[s]://[[user]:password@]host[:port][/db]}. */
record RedisAddress(
        boolean tls, @Nullable String user, @Nullable String password, String host, int port, String path) {
    static RedisAddress parse(String url) {
        URI uri;
        try {
            uri = new URI(url);
        } catch (URISyntaxException e) {
            throw wrong(e);
        }
        String scheme = uri.getScheme();
        String host = uri.getHost();
        boolean tls = "rediss".equals(scheme);
        if (host == null || !(tls || "redis".equals(scheme))) {
            throw wrong(null);
        }
        String user = null;
        String password = null;
        String info = uri.getRawUserInfo();
        if (info != null) {
            int colon = info.indexOf(':');
            user = colon > 0 ? decode(info.substring(0, colon)) : null;
            password = decode(info.substring(colon + 1));
        }
        return new RedisAddress(tls, user, password, host, uri.getPort() < 0 ? 6379 : uri.getPort(), uri.getRawPath());
    }

    /** Never the URL itself: it may carry a password. */
    private static RedisUnavailableException wrong(@Nullable Exception cause) {
        return new RedisUnavailableException(
                "The Redis URL is not one: write redis://[user:password@]host:port[/db], or rediss:// for TLS", cause);
    }

    private static String decode(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    /** The URL without its password. */
    String safe() {
        return (tls ? "rediss://" : "redis://") + (password == null ? "" : (user == null ? "" : user) + ":***@") + host
                + ":" + port + path;
    }
}
