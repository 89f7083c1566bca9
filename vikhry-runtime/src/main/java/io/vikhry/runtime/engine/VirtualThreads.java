package io.vikhry.runtime.engine;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * The only door to what the JDK does not publish: virtual threads with a scheduler of our own, and the thread that carries the
 * current one. Needs {@code --add-opens java.base/java.lang=ALL-UNNAMED}; {@link #refusal} says why where it is shut.
 */
final class VirtualThreads {
    private static final MethodHandle CARRIER;
    private static final Optional<MethodHandle> BUILDER;
    private static final String REFUSAL;

    static {
        MethodHandle carrier = publicCurrentThread();
        Optional<MethodHandle> builder = Optional.empty();
        String refusal = "";
        try {
            MethodHandles.Lookup inside = MethodHandles.privateLookupIn(Thread.class, MethodHandles.lookup());
            Class<?> type = inside.findClass("java.lang.ThreadBuilders$VirtualThreadBuilder");
            builder = Optional.of(MethodHandles.privateLookupIn(type, MethodHandles.lookup())
                    .findConstructor(type, MethodType.methodType(void.class, Executor.class))
                    .asType(MethodType.methodType(Thread.Builder.OfVirtual.class, Executor.class)));
            carrier = inside.findStatic(Thread.class, "currentCarrierThread", MethodType.methodType(Thread.class));
        } catch (IllegalAccessException e) {
            builder = Optional.empty();
            refusal = "java.lang is not opened (start Java with --add-opens java.base/java.lang=ALL-UNNAMED)";
        } catch (ReflectiveOperationException e) {
            builder = Optional.empty();
            refusal = "Java " + Runtime.version() + " keeps its scheduler elsewhere";
        }
        CARRIER = carrier;
        BUILDER = builder;
        REFUSAL = refusal;
    }

    private VirtualThreads() {}

    private static MethodHandle publicCurrentThread() {
        try {
            return MethodHandles.lookup()
                    .findStatic(Thread.class, "currentThread", MethodType.methodType(Thread.class));
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("Thread.currentThread is public", e);
        }
    }

    /** Why a scheduler of our own is not to be had; empty if it is. */
    static String refusal() {
        return REFUSAL;
    }

    /** The platform thread below the current code. Where the door is shut: the current thread, which for a VU is not a loop's. */
    static Thread carrier() {
        try {
            return (Thread) CARRIER.invokeExact();
        } catch (Throwable e) {
            throw new LinkageError("currentCarrierThread", e);
        }
    }

    /** Virtual threads that {@code scheduler} runs. */
    static Thread.Builder.OfVirtual on(Executor scheduler) {
        try {
            return (Thread.Builder.OfVirtual) BUILDER.orElseThrow(() -> new IllegalStateException(REFUSAL))
                    .invokeExact(scheduler);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new LinkageError("VirtualThreadBuilder", e);
        }
    }

    /** The thread that a continuation given to a scheduler belongs to. Slow: for reports about a thread that hogs its loop. */
    static Optional<Thread> threadOf(Runnable continuation) {
        try {
            for (Field field : continuation.getClass().getDeclaredFields()) {
                if (Thread.class.isAssignableFrom(field.getType())) {
                    field.setAccessible(true);
                    return Optional.ofNullable((Thread) field.get(continuation));
                }
            }
        } catch (ReflectiveOperationException | RuntimeException e) {
            return Optional.empty();
        }
        return Optional.empty();
    }

    /**
     * Starts the JDK's socket poller from the calling platform thread: its own virtual threads would otherwise inherit the
     * scheduler of the first VU that blocks on a socket, and wait for that VU's loop.
     */
    static void startSocketPoller() {
        try {
            Class.forName("sun.nio.ch.Poller", true, ClassLoader.getSystemClassLoader());
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException("Java " + Runtime.version() + " keeps its socket poller elsewhere", e);
        }
    }
}
