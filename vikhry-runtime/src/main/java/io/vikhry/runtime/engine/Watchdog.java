package io.vikhry.runtime.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks every 40 ms whether one virtual thread has held a loop since the looks before, and whether the process itself stood
 * still.
 *
 * <p>A platform thread of its own, so that no loop can hold it up. It reads what loops write without order: a value that is a
 * little old makes it find a stall one look later, and what it found is checked again after the stack was taken. {@link Grip}
 * says what is told. A wait that holds its loop for 5 s is interrupted, and again every 5 s, so that two who wait for each other, the
 * thread and its loop, do not stand still for ever. With the fallback scheduler loops carry no virtual threads, and none is found.
 */
final class Watchdog implements AutoCloseable {
    static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(40);

    private static final Logger LOG = LoggerFactory.getLogger(Watchdog.class);
    /** What a timer may be late on a machine in good order. */
    private static final long SLACK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private static final int INNERMOST = 8;
    /** Looks after which a wait that holds the loop is interrupted: 5 s. It may be for the loop itself, and then has no end. */
    private static final int RELEASE_LOOKS = 125;

    private final List<Watch> watches = new ArrayList<>();
    private final List<Consumer<Stall>> listeners = new CopyOnWriteArrayList<>();
    private final AtomicLong stalledNanos = new AtomicLong();
    private final int releaseLooks;
    private final Thread thread;
    private volatile boolean closed;

    Watchdog(List<Loop> loops) {
        this(loops, RELEASE_LOOKS);
    }

    /** One that interrupts a wait that holds its loop after so many looks. */
    Watchdog(List<Loop> loops, int releaseLooks) {
        this.releaseLooks = releaseLooks;
        loops.forEach(loop -> watches.add(new Watch(loop)));
        thread = Thread.ofPlatform().daemon().name("vikhry-watchdog").start(this::watch);
    }

    /** Tells {@code listener} of stalls, on the watchdog's thread, until what is returned is run. */
    Runnable listen(Consumer<Stall> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    /** How long the process stood still since the last call: stopped, without CPU, or in a collector's pause. */
    long takeStalledNanos() {
        return stalledNanos.getAndSet(0);
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }

    private void watch() {
        long before = System.nanoTime();
        while (!closed) {
            LockSupport.parkNanos(this, LOOK_NANOS);
            long now = System.nanoTime();
            long late = now - before - LOOK_NANOS;
            before = now;
            if (late > SLACK_NANOS) {
                stalledNanos.addAndGet(late);
            }
            if (late > LOOK_NANOS) {
                // The loops may have stood still with this thread: that is nobody's fault here.
                watches.forEach(Watch::forget);
            } else {
                boolean punctual = late <= SLACK_NANOS;
                watches.forEach(watch -> look(watch, punctual));
            }
        }
    }

    private void look(Watch watch, boolean punctual) {
        try {
            watch.look(punctual).ifPresent(this::tell);
        } catch (RuntimeException | Error e) {
            // Without this thread nobody would be named any more, nor released.
            LOG.error("What holds {} could not be found out", watch.loop, e);
        }
    }

    private void tell(Stall stall) {
        for (Consumer<Stall> listener : listeners) {
            try {
                listener.accept(stall);
            } catch (RuntimeException | Error e) {
                LOG.error("A stall of {} could not be told", stall.loop(), e);
            }
        }
    }

    /** What was seen of one loop. */
    private final class Watch {
        final Loop loop;
        private final Grip grip = new Grip();

        Watch(Loop loop) {
            this.loop = loop;
        }

        void forget() {
            grip.forget();
        }

        Optional<Stall> look(boolean punctual) {
            grip.look(loop.core().mounted, loop.continuations(), punctual);
            if (grip.looks() == 0) {
                loop.core().pinned = null;
                return Optional.empty();
            }
            if (grip.looks() % releaseLooks == 0) {
                stall().filter(Stall::pinned).ifPresent(this::release);
            }
            if (!grip.isToBeTold()) {
                return Optional.empty();
            }
            grip.tell();
            Optional<Stall> found = stall();
            if (found.isEmpty()) {
                grip.untell();
            }
            return found;
        }

        private void release(Stall stall) {
            LOG.warn(
                    "{} has waited for {} s where it cannot let go of its loop, at {}: it is interrupted",
                    stall.thread().getName(),
                    TimeUnit.NANOSECONDS.toSeconds(grip.looks() * LOOK_NANOS),
                    stall.stack().getFirst());
            loop.core().pinned = stall.thread();
            stall.thread().interrupt();
        }

        private Optional<Stall> stall() {
            Optional<Thread> holder = loop.mounted();
            List<StackTraceElement> stack =
                    holder.map(t -> List.of(t.getStackTrace())).orElse(List.of());
            if (stack.isEmpty() || loop.continuations() != grip.continuations()) {
                return Optional.empty();
            }
            boolean pinned = stack.stream()
                    .limit(INNERMOST)
                    .anyMatch(frame -> frame.getMethodName().equals("parkOnCarrierThread"));
            return Optional.of(new Stall(loop, holder.orElseThrow(), stack, pinned));
        }
    }
}
