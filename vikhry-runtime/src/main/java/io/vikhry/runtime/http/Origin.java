package io.vikhry.runtime.http;

import io.netty.util.NetUtil;
import java.net.IDN;
import java.net.URI;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a connection leads.
 *
 * @param tls whether over TLS
 * @param host in lower case, in ASCII also where people write it otherwise; an IPv6 address without brackets
 * @param port 1 to 65535
 */
record Origin(boolean tls, String host, int port) {
    /** Wider than the standard's names: those of containers have underscores. */
    private static final Pattern NAME = Pattern.compile("[a-z0-9._~-]+");

    private static final int MAX_PORT = 65_535;

    /** The origin of an absolute http or https URL; refuses any other with a message that says why. */
    static Origin of(URI url) {
        return of(url.getScheme(), url.getRawAuthority(), url);
    }

    /** As {@link #of(URI)}. */
    static Origin of(Reference url, String written) {
        return of(url.scheme(), url.authority(), written);
    }

    private static Origin of(@Nullable String scheme, @Nullable String authority, Object url) {
        boolean tls = "https".equalsIgnoreCase(scheme);
        if (!tls && !"http".equalsIgnoreCase(scheme)) {
            throw new IllegalArgumentException(
                    "'" + url + "' is not an absolute http or https URL, like http://127.0.0.1:8000");
        }
        String where = authority == null ? "" : authority;
        if (where.indexOf('@') >= 0) {
            throw new IllegalArgumentException("the URL of host " + where.substring(where.lastIndexOf('@') + 1)
                    + " contains a user; send an Authorization header instead");
        }
        return at(tls, where, url);
    }

    /** That of {@code HOST}, {@code HOST:PORT}, {@code [IPV6]} or {@code [IPV6]:PORT}, which is a part of {@code url}. */
    static Origin at(boolean tls, String authority, Object url) {
        int colon = authority.indexOf(':', Math.max(0, authority.indexOf(']')));
        String written = colon < 0 ? authority : authority.substring(0, colon);
        String digits = colon < 0 ? "" : authority.substring(colon + 1);
        if (written.isEmpty()) {
            throw new IllegalArgumentException("'" + url + "' names no host");
        }
        int port = tls ? 443 : 80;
        if (!digits.isEmpty()) {
            port = digits.matches("\\d{1,5}") ? Integer.parseInt(digits) : 0;
        }
        if (port < 1 || port > MAX_PORT) {
            throw new IllegalArgumentException("'" + url + "': the port must be 1 to " + MAX_PORT);
        }
        String host = written.startsWith("[") && written.endsWith("]")
                ? written.substring(1, written.length() - 1).toLowerCase(Locale.ROOT)
                : ascii(Reference.decoded(written));
        boolean valid = written.startsWith("[")
                ? NetUtil.createByteArrayFromIpAddressString(host) != null && host.indexOf(':') >= 0
                : NAME.matcher(host).matches();
        if (!valid) {
            throw new IllegalArgumentException("'" + url + "': '" + written + "' is not the name of a host");
        }
        return new Origin(tls, host, port);
    }

    /** A host's name as it is looked up and sent: in lower case, and in the ASCII form of an international one, if it has that. */
    static String ascii(String host) {
        String name = host;
        if (!host.chars().allMatch(c -> c < 128)) {
            try {
                name = IDN.toASCII(host);
            } catch (IllegalArgumentException e) {
                // None that is valid: whoever asks says so.
                return host;
            }
        }
        return name.toLowerCase(Locale.ROOT);
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
