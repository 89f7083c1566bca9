package io.vikhry.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Virtual threads that compute on a loop until they are named. */
@Timeout(120)
class WatchdogTest {
    private static final Duration SOON = Duration.ofSeconds(40);

    private final List<String> named = new CopyOnWriteArrayList<>();
    private final AtomicBoolean enough = new AtomicBoolean();
    private Engine engine;

    @BeforeEach
    void start() {
        engine = Engine.start(EngineOptions.defaults().withLoops(1).withScheduler(EngineOptions.Scheduler.LOOP));
    }

    @AfterEach
    void end() {
        enough.set(true);
        engine.close();
    }

    private void listen() {
        engine.onStall(stall -> named.add(stall.thread().getName()));
    }

    private Thread computes(String name, long holdMillis) {
        return engine.loops().getFirst().start(name, () -> {
            while (!enough.get()) {
                long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(holdMillis);
                while (System.nanoTime() < until && !enough.get()) {
                    Thread.onSpinWait();
                }
                Thread.yield();
            }
        });
    }

    @Test
    void anErrorOfWhoIsToldKeepsNobodyElseFromBeingToldThenOrLater() throws InterruptedException {
        engine.onStall(stall -> {
            throw new StackOverflowError("of a listener");
        });
        listen();
        Thread first = computes("first", 1_000_000);

        await().atMost(SOON).until(() -> named.contains("first"));
        enough.set(true);
        assertThat(first.join(SOON)).isTrue();
        enough.set(false);
        computes("second", 1_000_000);
        await().atMost(SOON).until(() -> named.contains("second"));
    }

    /** Users who each compute a password's hash, say: nobody holds the loop for long, and all wait for each other. */
    @Test
    void usersWhoTakeTurnsInHoldingTheLoopForAShortTimeAreNamed() {
        listen();
        computes("one", 65);
        computes("other", 65);

        await().atMost(SOON).until(() -> !named.isEmpty());
        assertThat(named).isSubsetOf("one", "other");
    }
}
