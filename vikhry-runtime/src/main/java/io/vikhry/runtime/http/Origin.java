package io.vikhry.runtime.http;

import java.net.URI;
import java.util.Locale;

/**
 * Where a connection leads.
 *
 * @param tls whether over TLS
 * @param host in lower case; an IPv6 address without brackets
 * @param port 1 to 65535
 */
record Origin(boolean tls, String host, int port) {

    /** The origin of an absolute http or https URL; refuses any other with a message that says why. */
    static Origin of(URI url) {
        String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw new IllegalArgumentException(
                    "'" + url + "' is not an absolute http or https URL, like http://127.0.0.1:8000");
        }
        String host = url.getHost();
        if (host == null || host.isEmpty()) {
            throw new IllegalArgumentException("'" + url + "' names no host");
        }
        if (url.getRawUserInfo() != null) {
            throw new IllegalArgumentException(
                    "the URL of host " + host + " contains a user; send an Authorization header instead");
        }
        boolean tls = scheme.equals("https");
        int port = url.getPort() < 0 ? (tls ? 443 : 80) : url.getPort();
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("'" + url + "': the port must be 1 to 65535");
        }
        String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        return new Origin(tls, bare.toLowerCase(Locale.ROOT), port);
    }

    /** As in the Host header: without a default port. */
    String authority() {
        String name = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
        return port == (tls ? 443 : 80) ? name : name + ":" + port;
    }

    /** {@code https://h:8443}. */
    @Override
    public String toString() {
        return (tls ? "https://" : "http://") + authority();
    }
}
