package io.vikhry.runtime.vu;

/** The user's right to send is over for good: its worker has left the run. */
public class FenceClosedException extends CancelledException {
    private static final long serialVersionUID = 1L;

    FenceClosedException() {
        super("this worker's share of the run has been taken away: the user ends");
    }
}
