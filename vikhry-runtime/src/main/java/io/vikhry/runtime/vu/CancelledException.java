package io.vikhry.runtime.vu;

import io.vikhry.api.VikhryException;

/** What a user was waiting for will not come, because the user is ended or its step's time is over. */
public class CancelledException extends VikhryException {
    private static final long serialVersionUID = 1L;

    CancelledException(String message) {
        super(message);
    }
}
