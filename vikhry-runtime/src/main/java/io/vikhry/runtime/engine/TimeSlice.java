package io.vikhry.runtime.engine;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The turn a thread asks of Linux where several want its CPU. Who asks for a short one gets it sooner: a loop that wakes for its
 * timers does not first wait for a compiler's turn to end. In the long run all get the same as before. From Linux 6.12 on;
 * elsewhere nothing is asked.
 */
final class TimeSlice {
    private static final Logger LOG = LoggerFactory.getLogger(TimeSlice.class);
    /** The shortest that the kernel gives. */
    private static final long SHORT_NANOS = 100_000;

    // struct sched_attr, as of its first version
    private static final int ATTR_BYTES = 48;
    private static final int FLAGS_AT = 8;
    private static final int RUNTIME_AT = 24;
    /** Threads that it starts get the system's usual. */
    private static final long RESET_ON_FORK = 1;

    private TimeSlice() {}

    /** From now on the calling thread's turns are short, and only its own. */
    static void shorten() {
        long set = setNumber();
        if (set < 0) {
            return;
        }
        try (Arena arena = Arena.ofConfined()) {
            Linker linker = Linker.nativeLinker();
            MethodHandle call = linker.downcallHandle(
                    linker.defaultLookup().find("syscall").orElseThrow(),
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_LONG,
                            ValueLayout.JAVA_LONG,
                            ValueLayout.JAVA_LONG,
                            ValueLayout.ADDRESS,
                            ValueLayout.JAVA_LONG,
                            ValueLayout.JAVA_LONG),
                    Linker.Option.firstVariadicArg(1));
            MemorySegment attr = arena.allocate(ATTR_BYTES, Long.BYTES);
            // Read first, by the call of the next number, so that all but the turn stays as it is, its niceness too.
            long result = (long) call.invokeExact(set + 1, 0L, attr, (long) ATTR_BYTES, 0L);
            if (result == 0) {
                attr.set(ValueLayout.JAVA_LONG, FLAGS_AT, attr.get(ValueLayout.JAVA_LONG, FLAGS_AT) | RESET_ON_FORK);
                attr.set(ValueLayout.JAVA_LONG, RUNTIME_AT, SHORT_NANOS);
                result = (long) call.invokeExact(set, 0L, attr, 0L, 0L);
            }
            if (result != 0) {
                LOG.debug("The kernel gives no short turns");
            }
        } catch (Throwable e) {
            LOG.debug("No short turns were asked for: {}", e.toString());
        }
    }

    /** The number of the system call sched_setattr here, or -1. */
    private static long setNumber() {
        return switch (System.getProperty("os.name", "") + " " + System.getProperty("os.arch", "")) {
            case "Linux amd64" -> 314;
            case "Linux aarch64" -> 274;
            default -> -1;
        };
    }
}
