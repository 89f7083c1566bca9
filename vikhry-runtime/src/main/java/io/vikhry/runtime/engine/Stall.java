package io.vikhry.runtime.engine;

import java.util.List;

/**
 * A virtual thread that holds its loop, so that nothing else of the loop goes on.
 *
 * @param loop the loop that stands still
 * @param thread who holds it
 * @param stack where that thread was when it was looked at, innermost frame first
 * @param pinned whether it does not compute but waits, in a place where it cannot let go of the loop: in a static initialiser or
 *     below native code
 */
public record Stall(Loop loop, Thread thread, List<StackTraceElement> stack, boolean pinned) {
    public Stall {
        stack = List.copyOf(stack);
    }
}
