package io.vikhry.runtime.http;

/** Takes a response's body piece by piece while it comes, in place of {@link ResponseBody}'s keeping it. */
interface BodySink {
    /** The head is whole, and a body may follow. */
    void begin(int status, byte[] head, boolean setsCookie, boolean encoded);

    /** Bytes of the body, the sink's own from now on. */
    void piece(byte[] bytes);
}
