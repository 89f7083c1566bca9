package io.vikhry.runtime.http;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The hosts that requests may go to.
 *
 * <p>An entry is {@code HOST}, {@code HOST:PORT}, {@code *.DOMAIN} (any host below the domain, not the domain itself) or {@code
 * *.DOMAIN:PORT}; without a port any port will do. Hosts are compared as they are written, whatever they resolve to: where
 * {@code 127.0.0.1} is allowed, {@code localhost} is not. An IPv6 address stands in brackets where a port follows.
 */
public final class AllowedHosts {
    /** No list: any host. */
    public static final AllowedHosts ANY = new AllowedHosts(List.of());

    private static final int ANY_PORT = 0;
    private static final int MAX_PORT = 65_535;
    private static final Pattern NAME = Pattern.compile("[a-z0-9_-]+(\\.[a-z0-9_-]+)*");
    private static final Pattern IPV6 = Pattern.compile("[0-9a-f:.%a-z]*:[0-9a-f:.%a-z]*");

    private final List<Entry> entries;

    private record Entry(String host, boolean below, int port) {
        boolean permits(String asked, int askedPort) {
            return (port == ANY_PORT || port == askedPort)
                    && (below ? asked.endsWith(host) && asked.length() > host.length() : asked.equals(host));
        }
    }

    private AllowedHosts(List<Entry> entries) {
        this.entries = entries;
    }

    /**
     * Those of the list; an empty one allows any.
     *
     * @throws IllegalArgumentException with a line that names the entry that is none, and says what would be right
     */
    public static AllowedHosts of(Collection<String> entries) {
        return entries.isEmpty()
                ? ANY
                : new AllowedHosts(entries.stream().map(AllowedHosts::entry).toList());
    }

    /** Whether a request may go to {@code host}: in lower case, an IPv6 address without brackets. */
    public boolean permits(String host, int port) {
        if (entries.isEmpty()) {
            return true;
        }
        String asked = withoutLastDot(host);
        return entries.stream().anyMatch(entry -> entry.permits(asked, port));
    }

    private static Entry entry(String written) {
        String text = written.strip().toLowerCase(Locale.ROOT);
        if (text.contains("/")) {
            throw wrong(written, "write the host alone, without http:// and path");
        }
        String host = text;
        int port = ANY_PORT;
        int colon = text.lastIndexOf(':');
        boolean bracketed = text.startsWith("[");
        if (colon >= 0 && (bracketed ? colon > text.indexOf(']') : text.indexOf(':') == colon)) {
            port = port(written, text.substring(colon + 1));
            host = text.substring(0, colon);
        }
        if (bracketed) {
            if (!host.endsWith("]")
                    || !IPV6.matcher(host.substring(1, host.length() - 1)).matches()) {
                throw wrong(written, "an IPv6 address is written [::1] or [::1]:8000");
            }
            return new Entry(host.substring(1, host.length() - 1), false, port);
        }
        if (IPV6.matcher(host).matches()) {
            return new Entry(host, false, port);
        }
        boolean below = host.startsWith("*.");
        // Without the port: that would become a part of the last label.
        String name = Origin.ascii(withoutLastDot(below ? host.substring(2) : host));
        if (!NAME.matcher(name).matches()) {
            throw wrong(written, "write HOST, HOST:PORT or *.example.test");
        }
        return new Entry(below ? "." + name : name, below, port);
    }

    private static int port(String written, String digits) {
        int port = digits.matches("\\d{1,5}") ? Integer.parseInt(digits) : 0;
        if (port < 1 || port > MAX_PORT) {
            throw wrong(written, "the port must be 1 to 65535");
        }
        return port;
    }

    private static String withoutLastDot(String host) {
        return host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    }

    private static IllegalArgumentException wrong(String written, String remedy) {
        return new IllegalArgumentException("\"" + written + "\" is no host to allow: " + remedy);
    }
}
