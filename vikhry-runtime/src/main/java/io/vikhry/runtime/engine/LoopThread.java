package io.vikhry.runtime.engine;

import io.netty.util.concurrent.FastThreadLocalThread;
import org.jspecify.annotations.Nullable;

/** The thread of a loop. */
final class LoopThread extends FastThreadLocalThread {
    /** Set by the loop's first action on this thread. */
    @Nullable Loop loop;

    LoopThread(Runnable body, String name) {
        super(body, name);
        setDaemon(true);
    }
}
