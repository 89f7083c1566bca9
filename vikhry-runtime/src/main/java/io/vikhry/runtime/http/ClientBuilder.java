package io.vikhry.runtime.http;

import io.netty.util.NetUtil;
import io.vikhry.api.Http;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Gathers the settings of one {@link HttpClient}. */
final class ClientBuilder implements Http.Builder {
    private static final Duration LONGEST = Duration.ofDays(1);
    private static final String VERSION = Optional.ofNullable(
                    ClientBuilder.class.getPackage().getImplementationVersion())
            .orElse("dev");

    private final ClientOwner owner;
    private final Origin origin;
    private final String basePath;
    private final Headers headers = new Headers();
    private Duration timeout = Duration.ofSeconds(30);
    private Duration connectTimeout = Duration.ofSeconds(5);
    private Duration firstByteTimeout = Duration.ZERO;
    private Duration stallTimeout = Duration.ZERO;
    private Duration idleTimeout = Duration.ZERO;
    private int redirects;
    private boolean cookies = true;
    private int maxBody = 16 * 1024 * 1024;
    private TlsSettings tls = TlsSettings.DEFAULT;
    private boolean http2;
    private @Nullable Proxy proxy;
    private final List<String> withoutProxy = new ArrayList<>();
    private final Map<String, List<InetAddress>> hosts = new HashMap<>();
    private List<InetAddress> localAddresses = List.of();
    private int sharedConnections;
    private boolean built;

    ClientBuilder(ClientOwner owner, URI base) {
        this.owner = owner;
        this.origin = Origin.of(base);
        if (base.getRawQuery() != null || base.getRawFragment() != null) {
            throw new IllegalArgumentException(
                    "the base URL '" + base + "' has a query or a fragment; give it to the requests");
        }
        String path = base.getRawPath() == null ? "" : base.getRawPath();
        this.basePath = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        headers.set("Host", origin.authority());
        headers.set("User-Agent", "vikhry/" + VERSION);
        headers.set("Accept", "*/*");
    }

    @Override
    public Http.Builder timeout(Duration timeout) {
        this.timeout = positive("timeout", timeout);
        return this;
    }

    @Override
    public Http.Builder connectTimeout(Duration timeout) {
        this.connectTimeout = positive("connectTimeout", timeout);
        return this;
    }

    @Override
    public Http.Builder firstByteTimeout(Duration timeout) {
        this.firstByteTimeout = positive("firstByteTimeout", timeout);
        return this;
    }

    @Override
    public Http.Builder stallTimeout(Duration timeout) {
        this.stallTimeout = positive("stallTimeout", timeout);
        return this;
    }

    @Override
    public Http.Builder idleTimeout(Duration timeout) {
        this.idleTimeout = positive("idleTimeout", timeout);
        return this;
    }

    @Override
    public Http.Builder header(String name, String value) {
        headers.set(name, value);
        return this;
    }

    @Override
    public Http.Builder redirects(int max) {
        if (max < 0 || max > 20) {
            throw new IllegalArgumentException("redirects must be 0 to 20, not " + max);
        }
        this.redirects = max;
        return this;
    }

    @Override
    public Http.Builder cookies(boolean keep) {
        this.cookies = keep;
        return this;
    }

    @Override
    public Http.Builder maxBody(int bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("maxBody must be 0 or more, not " + bytes);
        }
        this.maxBody = bytes;
        return this;
    }

    @Override
    public Http.Builder insecure() {
        tls = tls.trusting(true, null);
        return this;
    }

    @Override
    public Http.Builder trust(String pem) {
        tls = tls.trusting(false, pem);
        return this;
    }

    @Override
    public Http.Builder identity(String certificates, String privateKey) {
        tls = tls.identity(certificates, privateKey);
        return this;
    }

    @Override
    public Http.Builder tlsVersions(String... versions) {
        if (versions.length == 0) {
            throw new IllegalArgumentException("tlsVersions needs at least one of 1.2 and 1.3");
        }
        for (String version : versions) {
            if (!version.equals("1.2") && !version.equals("1.3")) {
                throw new IllegalArgumentException("the TLS versions are 1.2 and 1.3, not '" + version + "'");
            }
        }
        tls = tls.versions(
                Arrays.stream(versions).distinct().map(v -> "TLSv" + v).toList());
        return this;
    }

    @Override
    public Http.Builder http2() {
        http2 = true;
        tls = tls.offeringHttp2();
        return this;
    }

    @Override
    public Http.Builder proxy(URI url) {
        proxy = Proxy.of(url);
        return this;
    }

    @Override
    public Http.Builder noProxy(String... names) {
        withoutProxy.addAll(Arrays.asList(names));
        return this;
    }

    @Override
    public Http.Builder sharedConnections(int most) {
        if (most < 1) {
            throw new IllegalArgumentException("sharedConnections must be 1 or more, not " + most);
        }
        sharedConnections = most;
        return this;
    }

    @Override
    public Http.Builder resolve(String host, String... addresses) {
        hosts.put(Origin.ascii(host), addresses("resolve", addresses));
        return this;
    }

    @Override
    public Http.Builder localAddresses(String... addresses) {
        localAddresses = addresses("localAddresses", addresses);
        return this;
    }

    private static List<InetAddress> addresses(String what, String... written) {
        if (written.length == 0) {
            throw new IllegalArgumentException(what + " needs at least one IP address");
        }
        List<InetAddress> all = new ArrayList<>();
        for (String each : written) {
            byte[] bytes = NetUtil.createByteArrayFromIpAddressString(each);
            if (bytes == null) {
                throw new IllegalArgumentException(what + ": '" + each + "' is not an IP address");
            }
            try {
                all.add(InetAddress.getByAddress(bytes));
            } catch (UnknownHostException e) {
                throw new IllegalArgumentException(what + ": '" + each + "' is not an IP address", e);
            }
        }
        return List.copyOf(all);
    }

    @Override
    public Http build() {
        if (built) {
            throw new IllegalStateException("build() was called before; a builder makes one client");
        }
        built = true;
        Tls.check(tls);
        TlsContext context = Tls.context(tls);
        if (origin.tls()) {
            context.awaitReady(); // as a part of getting ready, not of the first request
        }
        HttpClient client = new HttpClient(
                owner,
                new ClientSettings(
                        origin,
                        basePath,
                        headers,
                        timeout.toNanos(),
                        connectTimeout.toNanos(),
                        firstByteTimeout.toNanos(),
                        stallTimeout.toNanos(),
                        idleTimeout.toNanos(),
                        redirects,
                        cookies,
                        maxBody,
                        context,
                        http2,
                        new Route.Ways(
                                proxy == null ? null : proxy.except(withoutProxy.toArray(String[]::new)),
                                Map.copyOf(hosts),
                                localAddresses),
                        sharedConnections));
        owner.closeAtEnd(client);
        return client;
    }

    /** {@code duration} if it is more than 0; at most a day, which is for ever here. */
    static Duration positive(String what, Duration duration) {
        if (duration.isNegative() || duration.isZero()) {
            throw new IllegalArgumentException(what + " must be more than 0, not " + duration);
        }
        return duration.compareTo(LONGEST) > 0 ? LONGEST : duration;
    }
}
