package io.vikhry.api;

import java.net.URI;
import java.time.Duration;

/**
 * An HTTP client of one user, with its own connections. Built by {@link VU#http}. Paths are joined to the base URL's path:
 * base {@code http://h/api} and path {@code /x} give {@code http://h/api/x}; an absolute URL is taken as it is.
 *
 * <p>Every request is recorded as a series named by {@link HttpRequest#name}, by default the method and the path without
 * its query.
 */
public interface Http extends AutoCloseable {
    /** A request with any method. */
    HttpRequest request(String method, String path);

    /** A GET request. */
    default HttpRequest get(String path) {
        return request("GET", path);
    }

    /** A HEAD request. */
    default HttpRequest head(String path) {
        return request("HEAD", path);
    }

    /** A POST request. */
    default HttpRequest post(String path) {
        return request("POST", path);
    }

    /** A PUT request. */
    default HttpRequest put(String path) {
        return request("PUT", path);
    }

    /** A PATCH request. */
    default HttpRequest patch(String path) {
        return request("PATCH", path);
    }

    /** A DELETE request. */
    default HttpRequest delete(String path) {
        return request("DELETE", path);
    }

    /** Closes its connections. The runtime does so when the user ends. */
    @Override
    void close();

    /** How a client behaves. Every setting has a default; {@link #build} may be called once. */
    interface Builder {
        /** The longest a request may take from its call to the last byte; default 30 s, greater than 0. */
        Builder timeout(Duration timeout);

        /** The longest that making a connection may take; default 5 s, greater than 0. */
        Builder connectTimeout(Duration timeout);

        /**
         * The longest from sending a request's head to the first byte of its response, greater than 0; by default only
         * {@link #timeout} counts. What is too slow is {@link HttpException.Code#TIMEOUT}.
         */
        Builder firstByteTimeout(Duration timeout);

        /**
         * The longest that a user waits for the next bytes of a {@linkplain HttpRequest#stream streamed} response, greater than
         * 0; by default only {@link #timeout} counts. What is silent for longer is {@link HttpException.Code#TIMEOUT}.
         */
        Builder stallTimeout(Duration timeout);

        /** How long a connection that carries no request is kept, greater than 0; by default until the user ends. */
        Builder idleTimeout(Duration timeout);

        /**
         * A header that every request carries; replaces an earlier one of that name. A request's own header of that name goes
         * before it, and so does the type of a request's body. To a {@code Cookie} the cookies that are kept are added.
         */
        Builder header(String name, String value);

        /** How many redirects are followed, 0 to 20; default 0: the 3xx response is the answer. */
        Builder redirects(int max);

        /** Whether {@code Set-Cookie} is kept and sent back, as a browser does; default true. */
        Builder cookies(boolean keep);

        /** The largest body accepted, in bytes; default 16 MiB. A larger one is {@link HttpException.Code#TOO_LARGE}. */
        Builder maxBody(int bytes);

        /** Accepts any TLS certificate. For test systems. */
        Builder insecure();

        /**
         * Trusts these certificates instead of those the JVM trusts.
         *
         * @param pem PEM text of one or more certificates, as from {@code Files.readString(path)}
         * @throws IllegalArgumentException from {@link #build}, if it is none
         */
        Builder trust(String pem);

        /**
         * The certificate that servers see which ask for one (mutual TLS).
         *
         * @param certificates PEM text of the certificate, followed by those that vouch for it
         * @param privateKey PEM text of its key: PKCS #8, not encrypted
         * @throws IllegalArgumentException from {@link #build}, if they are not
         */
        Builder identity(String certificates, String privateKey);

        /** The TLS versions to speak, of {@code "1.2"} and {@code "1.3"}; default both. */
        Builder tlsVersions(String... versions);

        /**
         * Speaks HTTP/2: all requests to an origin share one connection. With {@code https} the server may choose HTTP/1.1
         * in the handshake; with {@code http} it must know of HTTP/2 beforehand (prior knowledge), or requests fail with
         * {@link HttpException.Code#PROTOCOL}.
         */
        Builder http2();

        /**
         * Shares connections with the other users of the same event loop, in place of having its own. A server then sees few
         * busy connections, as from a gateway, instead of one from each user. A worker process has an event loop for each of its
         * cores, so it opens up to {@code most} times that many to a host. A request that finds none free waits, in order, and
         * the wait is part of its time (phase <i>blocked</i>). Only users whose settings for connections are equal share them;
         * cookies are never shared. With {@link #http2} it is one connection, whatever {@code most} says.
         *
         * @param most the largest number of connections to one host on one event loop, 1 or more
         */
        Builder sharedConnections(int most);

        /**
         * Sends through a proxy. {@code http://…}: {@code http} requests are given to it whole, for {@code https} and HTTP/2 it is
         * asked for a tunnel (CONNECT). {@code socks5://…}: it is asked for a way to the server, whose name it looks up. A proxy that cannot be reached is told as a server would be; one that refuses the tunnel is
         * {@link HttpException.Code#PROXY}. By default there is none, whatever the environment says.
         *
         * @param url {@code http://host:port} or {@code http://user:password@host:port}, with reserved characters of user and
         *     password percent-encoded; the port defaults to 80. The password appears in no message
         * @throws IllegalArgumentException if it is something else
         */
        Builder proxy(URI url);

        /** Hosts that are reached without the proxy: each name, and all names below it; {@code "*"} is every host. */
        Builder noProxy(String... hosts);

        /**
         * Gives a host name fixed IP addresses instead of looking it up; what is sent still names the host.
         *
         * @throws IllegalArgumentException if an address is none
         */
        Builder resolve(String host, String... addresses);

        /**
         * The IP addresses of this machine to connect from, taken in turns. One address has some 28,000 ports, so more
         * connections than that to one server need several. By default the system chooses.
         *
         * @throws IllegalArgumentException if one is no IP address
         */
        Builder localAddresses(String... addresses);

        /**
         * The client. Connects with its first request. The first clients of https URLs in a process wait here until TLS is ready:
         * some tenths of a second as a rule, 5 s at most.
         */
        Http build();
    }
}
