package io.vikhry.runtime.engine;

import java.util.Locale;

/**
 * How an engine runs.
 *
 * @param loops number of loops, 1 and up
 * @param transport what the loops wait for sockets with
 * @param scheduler where the users' virtual threads run
 * @param timerTickNanos resolution of sleeps and timeouts in ns
 */
public record EngineOptions(int loops, Transport transport, Scheduler scheduler, long timerTickNanos) {

    private static final long DEFAULT_TICK_NANOS = 1 << 16;

    public EngineOptions {
        if (loops < 1) {
            throw new IllegalArgumentException("loops must be 1 or more, not " + loops);
        }
        if (timerTickNanos < 1_000) {
            throw new IllegalArgumentException("timerTickNanos must be 1000 or more, not " + timerTickNanos);
        }
    }

    /** What a loop waits for sockets with. */
    public enum Transport {
        /** Epoll where it works, else NIO. */
        AUTO,
        EPOLL,
        NIO,
        IO_URING;

        /** Whether this system has it. */
        public boolean isAvailable() {
            return Socketry.isAvailable(this);
        }
    }

    /** Where the users' virtual threads run. */
    public enum Scheduler {
        /** On the loop where this JVM allows it, else the fallback. */
        AUTO,
        /** On the loop; the engine does not start where that is not to be had. */
        LOOP,
        /** On the JDK's own scheduler. */
        FALLBACK
    }

    /**
     * One loop per available processor and the best transport and scheduler; the system properties {@code vikhry.loops},
     * {@code vikhry.transport} and {@code vikhry.scheduler} override.
     */
    public static EngineOptions defaults() {
        return new EngineOptions(
                Integer.getInteger("vikhry.loops", Runtime.getRuntime().availableProcessors()),
                property("vikhry.transport", Transport.class, Transport.AUTO),
                property("vikhry.scheduler", Scheduler.class, Scheduler.AUTO),
                DEFAULT_TICK_NANOS);
    }

    public EngineOptions withLoops(int count) {
        return new EngineOptions(count, transport, scheduler, timerTickNanos);
    }

    public EngineOptions withTransport(Transport wanted) {
        return new EngineOptions(loops, wanted, scheduler, timerTickNanos);
    }

    public EngineOptions withScheduler(Scheduler wanted) {
        return new EngineOptions(loops, transport, wanted, timerTickNanos);
    }

    public EngineOptions withTimerTickNanos(long nanos) {
        return new EngineOptions(loops, transport, scheduler, nanos);
    }

    private static <E extends Enum<E>> E property(String name, Class<E> type, E otherwise) {
        String value = System.getProperty(name, "").trim();
        if (value.isEmpty()) {
            return otherwise;
        }
        for (E constant : type.getEnumConstants()) {
            if (constant.name().equalsIgnoreCase(value.replace('-', '_'))) {
                return constant;
            }
        }
        throw new IllegalArgumentException("-D" + name + "=" + value + ": use one of "
                + String.join(
                        ", ",
                        java.util.Arrays.stream(type.getEnumConstants())
                                .map(c -> c.name().toLowerCase(Locale.ROOT))
                                .toList()));
    }
}
