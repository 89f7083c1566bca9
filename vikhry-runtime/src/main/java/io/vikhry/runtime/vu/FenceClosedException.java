package io.vikhry.runtime.vu;

import io.vikhry.api.VikhryException;

/** The user's right to send is over for good: its worker has left the run. */
public class FenceClosedException extends VikhryException {
    private static final long serialVersionUID = 1L;

    FenceClosedException() {
        super("this worker's share of the run has been taken away: the user ends");
    }
}
