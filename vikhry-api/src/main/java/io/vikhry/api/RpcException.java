package io.vikhry.api;

/** A JSON-RPC server answered with an error. The request counts as failed under {@code RPC_} and its code: {@code RPC_-32601}. */
public class RpcException extends CheckFailedException {
    private static final long serialVersionUID = 1L;

    private final int code;

    /**
     * Names the method and what the server said.
     *
     * @param code the error's code: -32700 and -32600 to -32603 are the protocol's, others the server's
     */
    public RpcException(int code, String message) {
        super(message);
        this.code = code;
    }

    /** The error's code. */
    public int code() {
        return code;
    }
}
