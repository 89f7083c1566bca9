package io.vikhry.runtime.http;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * Looks names up, apart from the loops, and remembers the answers: addresses for 30 s, a failure for 1 s.
 *
 * <p>Any thread may ask. At most one look-up of a name is under way at a time; whoever asks meanwhile waits for the same one.
 * The system's resolver blocks, so each look-up has a platform thread of its own for as long as it takes.
 */
final class Resolver {
    static final Resolver SHARED = new Resolver(InetAddress::getAllByName);
    private static final long KEEP_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long KEEP_FAILURE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int MAX_NAMES = 10_000;

    /** Runs what blocks apart from the loops. */
    static final Executor APART =
            task -> Thread.ofPlatform().daemon().name("vikhry-apart").start(task);

    /** The system's way to look a name up; blocks. */
    @FunctionalInterface
    interface Lookup {
        InetAddress[] addresses(String host) throws UnknownHostException;
    }

    private record Answer(CompletableFuture<List<InetAddress>> addresses, long sinceNanos) {
        boolean isFresh() {
            if (!addresses.isDone()) {
                return true;
            }
            long keep = addresses.isCompletedExceptionally() ? KEEP_FAILURE_NANOS : KEEP_NANOS;
            return System.nanoTime() - sinceNanos < keep;
        }
    }

    private final Lookup lookup;
    private final ConcurrentHashMap<String, Answer> answers = new ConcurrentHashMap<>();

    Resolver(Lookup lookup) {
        this.lookup = lookup;
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
        CompletableFuture<List<InetAddress>> mine = new CompletableFuture<>();
        Answer now = answers.compute(
                host, (h, old) -> old != null && old.isFresh() ? old : new Answer(mine, System.nanoTime()));
        if (now.addresses == mine) {
            APART.execute(() -> look(host, mine));
        }
        return now.addresses;
    }

    private void look(String host, CompletableFuture<List<InetAddress>> result) {
        try {
            result.complete(List.of(lookup.addresses(host)));
        } catch (UnknownHostException | RuntimeException e) {
            result.completeExceptionally(e);
        }
    }

    /** What a failed look-up failed of. */
    static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }
}
