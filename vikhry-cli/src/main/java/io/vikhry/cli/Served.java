package io.vikhry.cli;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of a process that serves until it is asked to end. */
class Served {
    /** The same, of a process that goes to the background unless it is told to stay. */
    static final class WhereAsked extends Served {
        @Option(names = "--foreground", description = "Stay in this process instead of starting one in the background.")
        boolean foreground;
    }

    @Option(names = "--leash", hidden = true, description = "End when standard input ends.")
    boolean leash;

    /** Says that it is ready, and waits until Ctrl-C, SIGTERM or the end of the leash. */
    void serve(@Nullable String url) {
        System.out.println("vikhry: ready" + (url == null ? "" : " " + url));
        System.out.flush();
        Interrupt.await();
    }

    /** To be called first: the parent may be gone before all is up. */
    void hold() {
        Interrupt.watch();
        if (leash) {
            Thread.ofPlatform().daemon().name("leash").start(Served::endWithParent);
        }
    }

    private static void endWithParent() {
        InputStream in = System.in;
        try {
            while (in.read() >= 0) {
                // the parent sends nothing; it only ends
            }
        } catch (IOException e) {
            // A broken pipe says the same.
        }
        System.exit(0);
    }
}
