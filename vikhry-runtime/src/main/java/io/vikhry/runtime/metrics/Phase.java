package io.vikhry.runtime.metrics;

/** A part of a request's service time. The parts follow each other, and together they are the whole. */
public enum Phase {
    /** Waiting for a connection or a stream of one; only where none was at hand. */
    BLOCKED,
    /** Looking the name up; only where a connection was opened for the request, like the next two. */
    DNS,
    /** Connecting, through a proxy if there is one. */
    CONNECT,
    /** The TLS handshake. */
    TLS,
    /** From having a connection to the moment the system has taken the request's last byte. */
    SEND,
    /** From there to the first byte of the response. */
    WAIT,
    /** From there to its last byte; 0 where it came in one piece. */
    RECEIVE
}
