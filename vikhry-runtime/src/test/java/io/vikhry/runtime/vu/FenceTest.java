package io.vikhry.runtime.vu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class FenceTest {
    private static final long SECOND = 1_000_000_000L;

    @Test
    void anOpenFenceLetsPassUntilItsDeadline() {
        Fence fence = Fence.shut();
        fence.renewUntil(System.nanoTime() + 60 * SECOND);
        fence.pass();
        assertThat(fence.isOpen()).isTrue();
        fence.renewUntil(System.nanoTime() - 1);
        assertThat(fence.isOpen()).as("an earlier deadline counts too").isFalse();
    }

    @Test
    void whoComesTooLateWaitsForARenewal() {
        Fence fence = Fence.shut();
        AtomicInteger passed = new AtomicInteger();
        List<Thread> users = start(fence, passed, 50);

        await().until(() -> users.stream().allMatch(user -> user.getState() == Thread.State.WAITING));
        assertThat(passed).hasValue(0);
        fence.renewUntil(System.nanoTime() + 60 * SECOND);

        await().atMost(Duration.ofSeconds(5)).untilAtomic(passed, org.hamcrest.Matchers.is(50));
    }

    @Test
    void aRenewalThatIsOverAlreadyLetsNobodyPass() {
        Fence fence = Fence.shut();
        AtomicInteger passed = new AtomicInteger();
        List<Thread> users = start(fence, passed, 1);
        await().until(() -> users.getFirst().getState() == Thread.State.WAITING);

        fence.renewUntil(System.nanoTime() - 1);

        await().during(Duration.ofMillis(100)).until(() -> users.getFirst().isAlive() && passed.get() == 0);
        fence.close();
        await().until(() -> !users.getFirst().isAlive());
    }

    @Test
    void aClosedFenceThrowsAtThoseWhoWaitAndThoseWhoCome() throws InterruptedException {
        Fence fence = Fence.shut();
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread user = Thread.ofVirtual().start(() -> {
            try {
                fence.pass();
            } catch (Throwable e) {
                thrown.set(e);
            }
        });
        await().until(() -> user.getState() == Thread.State.WAITING);
        fence.close();
        assertThat(user.join(Duration.ofSeconds(5))).isTrue();
        assertThat(thrown.get()).isInstanceOf(FenceClosedException.class);
        fence.renewUntil(System.nanoTime() + 60 * SECOND);
        assertThatThrownBy(fence::pass).isInstanceOf(FenceClosedException.class);
    }

    @Test
    void anInterruptedUserStopsWaitingAndStaysMarked() throws InterruptedException {
        Fence fence = Fence.shut();
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        AtomicReference<Boolean> marked = new AtomicReference<>();
        Thread user = Thread.ofVirtual().start(() -> {
            try {
                fence.pass();
            } catch (Throwable e) {
                thrown.set(e);
                marked.set(Thread.currentThread().isInterrupted());
            }
        });
        await().until(() -> user.getState() == Thread.State.WAITING);
        user.interrupt();
        assertThat(user.join(Duration.ofSeconds(5))).isTrue();
        assertThat(thrown.get()).isInstanceOf(CancelledException.class);
        assertThat(marked).hasValue(true);
    }

    @Test
    void noRenewalIsLostHoweverItRacesWithThoseWhoCome() {
        for (int round = 0; round < 300; round++) {
            Fence fence = Fence.shut();
            AtomicInteger passed = new AtomicInteger();
            List<Thread> users = start(fence, passed, 4);
            fence.renewUntil(System.nanoTime() + 60 * SECOND);
            for (Thread user : users) {
                try {
                    assertThat(user.join(Duration.ofSeconds(5)))
                            .as("round " + round)
                            .isTrue();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }
        }
    }

    @Test
    void aClosedFenceStaysShutHoweverItWasRenewedMeanwhile() throws InterruptedException {
        for (int round = 0; round < 2_000; round++) {
            Fence fence = Fence.shut();
            Thread renewer = Thread.ofPlatform().start(() -> {
                for (int i = 0; i < 20; i++) {
                    fence.renewUntil(System.nanoTime() + 60 * SECOND);
                }
            });
            fence.close();
            renewer.join(5_000);
            assertThatThrownBy(fence::pass).as("round " + round).isInstanceOf(FenceClosedException.class);
        }
    }

    private static List<Thread> start(Fence fence, AtomicInteger passed, int count) {
        List<Thread> users = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            users.add(Thread.ofVirtual().start(() -> {
                try {
                    fence.pass();
                    passed.incrementAndGet();
                } catch (FenceClosedException e) {
                    // The end of a test.
                }
            }));
        }
        return users;
    }
}
