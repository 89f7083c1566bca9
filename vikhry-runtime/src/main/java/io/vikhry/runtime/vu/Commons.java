package io.vikhry.runtime.vu;

import java.time.Duration;
import java.util.concurrent.Callable;

/**
 * What all users of a run have in common, in the whole cluster. Every method may block; it is called on a thread of the user it
 * is about, and must end early with an {@link InterruptedException} when that thread is interrupted.
 */
public interface Commons {
    /**
     * The value of {@code key} as JSON. One user in the cluster computes it, on its own thread; what {@code body} throws goes
     * to that user.
     *
     * @param timeout the longest wait for others
     * @throws io.vikhry.api.TogetherException if the wait ran out, or computing has failed too often
     */
    String once(String key, long vuId, Duration timeout, Callable<String> body) throws Exception;

    /**
     * Waits until all users of the run have come here.
     *
     * @throws io.vikhry.api.TogetherException if {@code timeout} came first
     */
    void barrier(String name, long vuId, Duration timeout) throws InterruptedException;
}
