package io.vikhry.runtime.vu;

import io.vikhry.api.ResourceTimeoutException;
import io.vikhry.api.TogetherException;
import io.vikhry.runtime.engine.Loop;
import io.vikhry.runtime.metrics.Kind;
import java.util.function.Supplier;

/** Records how long a user waited for something that others have, in a series of its own. */
final class Waits {
    private final Loop loop;
    private final Supplier<String> step;

    Waits(Loop loop, Supplier<String> step) {
        this.loop = loop;
        this.step = step;
    }

    /** Does what waits, and records how long it took and whether it came to anything. */
    <T> T time(String name, Wait<T> wait) throws InterruptedException {
        long begin = System.nanoTime();
        String code = Outcome.EXCEPTION;
        try {
            T result = wait.go();
            code = Outcome.OK;
            return result;
        } catch (ResourceTimeoutException | TogetherException e) {
            code = Outcome.TIMEOUT;
            throw e;
        } catch (InterruptedException e) {
            code = Outcome.CANCELLED;
            throw e;
        } finally {
            long nanos = System.nanoTime() - begin;
            loop.recorder()
                    .series(Kind.WAIT, step.get(), name)
                    .record(nanos, nanos, !code.equals(Outcome.OK), code, 0, 0);
        }
    }

    /** Something that waits. */
    interface Wait<T> {
        T go() throws InterruptedException;
    }
}
