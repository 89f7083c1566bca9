package io.vikhry.runtime.vu;

import java.time.Duration;
import java.util.concurrent.Callable;

/** There are no pools, and nobody else. */
enum NobodyElse implements ResourceLeases, Commons {
    HERE;

    @Override
    public Lease acquire(String pool, long vuId, Duration timeout) {
        throw new UnsupportedOperationException("no pool here");
    }

    @Override
    public void release(Lease lease) {
        throw new UnsupportedOperationException("no pool here");
    }

    @Override
    public void releaseFaulty(Lease lease, String reason, int faults) {
        throw new UnsupportedOperationException("no pool here");
    }

    @Override
    public void releaseAll(long vuId) {
        // Nothing was given.
    }

    @Override
    public String once(String key, long vuId, Duration timeout, Callable<String> body) throws Exception {
        return body.call();
    }

    @Override
    public void barrier(String name, long vuId, Duration timeout) {
        throw new UnsupportedOperationException("nobody else here");
    }
}
