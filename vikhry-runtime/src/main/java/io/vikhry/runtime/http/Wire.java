package io.vikhry.runtime.http;

import org.jspecify.annotations.Nullable;

/** What takes one connection's bytes to its server and back. On the loop's own thread, but for what {@link #isDirect} allows. */
interface Wire {
    /** Who is at this end of it. On the loop's own thread. */
    interface End {
        /**
         * Bytes have come.
         *
         * @param in holds them from the front; whose it is not, to be read at once
         * @param more whether more came with them, for which it is called again
         */
        void received(byte[] in, int n, boolean more);

        /** The system has taken what {@link #send} had to keep, too. */
        void sent();

        /** The peer has closed, or the wire broke. */
        void gone(@Nullable Throwable cause);
    }

    boolean isOpen();

    /** Whether a VU mounted on the loop may {@link #send} too. */
    boolean isDirect();

    /** Whether the system has taken all that was sent. */
    boolean isDrained();

    /**
     * Sends a request; its arrays must not be changed until the answer. What fails is not told here: a server that wants no more
     * may have answered before it closed, and the answer or the close is read next.
     *
     * @return whether the system has taken all of it
     */
    boolean send(byte[] head, byte @Nullable [] body);

    /** Sends a further part of a request, and runs {@code taken} when the system has taken it; never if that fails. */
    void sendPart(byte[] part, Runnable taken);

    /** Takes in what comes, which is so at first, or leaves it to the system to hold the peer back. */
    void read(boolean on);

    void close();
}
