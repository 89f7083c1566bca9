package io.vikhry.api;

import org.jspecify.annotations.Nullable;

/** A request that got no complete response. It is recorded, with the time it took, under {@link #code()}. */
public class HttpException extends VikhryException {
    private static final long serialVersionUID = 1L;

    private final Code code;

    /** Names the request and what happened to it. */
    public HttpException(Code code, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    /** What kind of failure it was. */
    public Code code() {
        return code;
    }

    /** The closed set of ways in which a request can end without a response. */
    public enum Code {
        /** Nobody listens on that address and port. */
        CONNECT_REFUSED,
        /** No connection within the connect timeout. */
        CONNECT_TIMEOUT,
        /** A connection could not be made for another reason: no route, no free port, no file descriptor. */
        CONNECT_FAILED,
        /** The host's name did not resolve. */
        DNS,
        /** The proxy could be reached, but it refused the way to an {@code https} server or did not answer in HTTP. */
        PROXY,
        /** The TLS handshake failed, or the certificate was refused. */
        TLS,
        /** The request's time was over, or that of the step it belongs to; the connection is closed. */
        TIMEOUT,
        /** The peer closed or reset the connection before the response was complete. */
        RESET,
        /** What came was not HTTP. */
        PROTOCOL,
        /** Head or body exceeded a limit. */
        TOO_LARGE,
        /** Too many redirects, or one without a usable {@code Location}. */
        REDIRECT,
        /** The host is none that the run may send to; nothing was sent. */
        NOT_ALLOWED,
        /** The user was ended while the request was in flight. */
        CANCELLED
    }
}
