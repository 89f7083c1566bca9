package io.vikhry.runtime.http;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * Looks names up, apart from the loops, and remembers the answers for as long as they hold: from a second to an hour as the name
 * servers say, 30 s where they say nothing, and a failure for 1 s.
 *
 * <p>Any thread may ask. At most one look-up of a name is under way at a time; whoever asks meanwhile waits for the same one.
 * The system's resolver blocks, so each look-up has a platform thread of its own for as long as it takes. Who waits goes on as
 * soon as the addresses are there; how long they hold is asked after that.
 */
final class Resolver {
    /** Runs what blocks apart from the loops. Before the shared one, which needs it. */
    static final Executor APART =
            task -> Thread.ofPlatform().daemon().name("vikhry-apart").start(task);

    static final Resolver SHARED = new Resolver(InetAddress::getAllByName, NameServers.OF_THE_SYSTEM);
    private static final long KEEP_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long KEEP_FAILURE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long SHORTEST_SECONDS = 1;
    private static final long LONGEST_SECONDS = 3_600;
    private static final int MAX_NAMES = 10_000;

    /** The system's way to look a name up; blocks. */
    @FunctionalInterface
    interface Lookup {
        InetAddress[] addresses(String host) throws UnknownHostException;
    }

    /** How long a name's addresses hold, in seconds, if somebody knows; may block for a while. */
    @FunctionalInterface
    interface Lifetimes {
        OptionalLong of(String host);
    }

    private static final class Answer {
        final CompletableFuture<List<InetAddress>> addresses = new CompletableFuture<>();
        private volatile long untilNanos;

        /** From now on; said before the answer is. */
        void keep(long nanos) {
            untilNanos = System.nanoTime() + nanos;
        }

        boolean isFresh() {
            return !addresses.isDone() || System.nanoTime() - untilNanos < 0;
        }
    }

    private final Lookup lookup;
    private final Lifetimes lifetimes;
    private final Executor apart;
    private final ConcurrentHashMap<String, Answer> answers = new ConcurrentHashMap<>();

    Resolver(Lookup lookup, Lifetimes lifetimes) {
        this(lookup, lifetimes, APART);
    }

    /** One whose look-ups {@code apart} runs. */
    Resolver(Lookup lookup, Lifetimes lifetimes, Executor apart) {
        this.lookup = lookup;
        this.lifetimes = lifetimes;
        this.apart = apart;
    }

    /** The addresses of {@code host} in the system's order, one at least; or {@link UnknownHostException}. */
    CompletableFuture<List<InetAddress>> resolve(String host) {
        byte[] literal = NetUtil.createByteArrayFromIpAddressString(host);
        if (literal != null) {
            try {
                return CompletableFuture.completedFuture(List.of(InetAddress.getByAddress(literal)));
            } catch (UnknownHostException e) {
                return CompletableFuture.failedFuture(e);
            }
        }
        Answer known = answers.get(host);
        if (known != null && known.isFresh()) {
            return known.addresses;
        }
        if (answers.size() > MAX_NAMES) {
            answers.values().removeIf(a -> !a.isFresh());
        }
        Answer mine = new Answer();
        Answer now = answers.compute(host, (h, old) -> old != null && old.isFresh() ? old : mine);
        if (now == mine) {
            try {
                apart.execute(() -> look(host, mine));
            } catch (RuntimeException | Error e) {
                fail(mine, e);
            }
        }
        return now.addresses;
    }

    private void look(String host, Answer answer) {
        try {
            List<InetAddress> found = List.of(lookup.addresses(host));
            answer.keep(KEEP_NANOS);
            answer.addresses.complete(found);
        } catch (UnknownHostException | RuntimeException | Error e) {
            fail(answer, e);
            return;
        }
        lifetimes
                .of(host)
                .ifPresent(seconds ->
                        answer.keep(TimeUnit.SECONDS.toNanos(Math.clamp(seconds, SHORTEST_SECONDS, LONGEST_SECONDS))));
    }

    /** Whatever it is, a thread that is not to be had among it: a look-up that is never over would be waited for ever after. */
    private static void fail(Answer answer, Throwable why) {
        answer.keep(KEEP_FAILURE_NANOS);
        answer.addresses.completeExceptionally(why);
    }

    /** What a failed look-up failed of. */
    static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }
}
