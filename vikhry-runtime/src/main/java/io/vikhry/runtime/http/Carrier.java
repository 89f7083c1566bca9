package io.vikhry.runtime.http;

/** What carries an exchange at the moment: a connection, a stream of one, or the queue for one. On the loop's thread. */
interface Carrier {
    /** Ends the work for an exchange that has failed, without a word to it; returns how many bytes of its response came. */
    long letGo(Exchange exchange);
}
