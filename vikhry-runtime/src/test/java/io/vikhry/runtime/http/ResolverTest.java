package io.vikhry.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class ResolverTest {
    private final AtomicInteger lookups = new AtomicInteger();
    private final CountDownLatch go = new CountDownLatch(1);
    private final Resolver resolver = new Resolver(
            host -> {
                lookups.incrementAndGet();
                try {
                    go.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                if (host.equals("unknown")) {
                    throw new UnknownHostException(host);
                }
                return new InetAddress[] {InetAddress.getLoopbackAddress()};
            },
            host -> host.equals("brief") ? OptionalLong.of(0) : OptionalLong.empty());

    @Test
    void thoseWhoAskAtOnceShareOneLookupAndItsAnswerIsKept() throws Exception {
        List<CompletableFuture<List<InetAddress>>> asked = java.util.stream.IntStream.range(0, 100)
                .mapToObj(i -> resolver.resolve("name"))
                .toList();
        go.countDown();
        for (CompletableFuture<List<InetAddress>> each : asked) {
            assertThat(each.get(5, TimeUnit.SECONDS)).containsExactly(InetAddress.getLoopbackAddress());
        }
        assertThat(resolver.resolve("name")).isCompleted();
        assertThat(lookups).hasValue(1);
    }

    @Test
    void anAnswerThatHoldsForAMomentIsKeptForASecond() throws Exception {
        go.countDown();
        long start = System.nanoTime();
        resolver.resolve("brief").get(5, TimeUnit.SECONDS);
        await().atMost(Duration.ofSeconds(5)).until(() -> {
            resolver.resolve("brief").get(5, TimeUnit.SECONDS);
            return lookups.get() == 2;
        });
        assertThat(System.nanoTime() - start).isGreaterThan(900_000_000L);
    }

    @Test
    void anAddressNeedsNoLookup() throws Exception {
        assertThat(resolver.resolve("10.1.2.3").getNow(List.of())).containsExactly(InetAddress.getByName("10.1.2.3"));
        assertThat(resolver.resolve("::1").getNow(List.of())).containsExactly(InetAddress.getByName("::1"));
        assertThat(lookups).hasValue(0);
    }

    @Test
    void aFailureIsToldAndNotKeptForLong() {
        go.countDown();
        assertThatThrownBy(() -> resolver.resolve("unknown").get(5, TimeUnit.SECONDS))
                .hasCauseInstanceOf(UnknownHostException.class);
    }

    @Test
    void aLookupThatHadNoThreadOrNoMemoryIsAFailureLikeAnyOther() {
        AtomicInteger begun = new AtomicInteger();
        AtomicInteger looked = new AtomicInteger();
        Resolver poor = new Resolver(
                host -> {
                    if (looked.incrementAndGet() == 1) {
                        throw new OutOfMemoryError("Java heap space");
                    }
                    return new InetAddress[] {InetAddress.getLoopbackAddress()};
                },
                host -> OptionalLong.empty(),
                task -> {
                    if (begun.incrementAndGet() == 1) {
                        throw new OutOfMemoryError("unable to create native thread");
                    }
                    task.run();
                });
        assertThat(poor.resolve("name").exceptionNow()).hasMessageContaining("native thread");
        // Each failure is kept for a second; the second attempt fails of another.
        await().atMost(Duration.ofSeconds(10)).until(() -> !isFailed(poor));
        assertThat(looked).hasValue(2);
    }

    private static boolean isFailed(Resolver resolver) {
        return resolver.resolve("name").isCompletedExceptionally();
    }
}
