package io.vikhry.orchestrator.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vikhry.orchestrator.run.Refusal;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class FirstAnswersTest {
    private static final byte[] BODY = {1};
    private final FirstAnswers answers = new FirstAnswers();
    private final AtomicInteger changes = new AtomicInteger();

    @Test
    void theSameKeyGetsTheFirstAnswerAndChangesNothing() {
        assertThat(ask("k", "/a", BODY)).isEqualTo(1);
        assertThat(ask("k", "/a", BODY)).isEqualTo(1);
        assertThat(ask("l", "/a", BODY)).isEqualTo(2);
        assertThat(ask(null, "/a", BODY)).isEqualTo(3);
    }

    @Test
    void theSameKeyForAnotherRequestIsAConflict() {
        ask("k", "/a", BODY);
        for (Runnable other : new Runnable[] {() -> ask("k", "/b", BODY), () -> ask("k", "/a", new byte[] {2})}) {
            assertThatThrownBy(other::run)
                    .isInstanceOfSatisfying(
                            Refusal.class, e -> assertThat(e.code()).isEqualTo(Refusal.Code.IDEMPOTENCY_CONFLICT));
        }
    }

    @Test
    void whatWasRefusedMayBeTriedAgain() {
        assertThatThrownBy(() -> answers.answer("k", "/a", BODY, () -> {
                    throw new Refusal(Refusal.Code.NO_WORKERS, "none");
                }))
                .hasMessage("none");
        assertThat(ask("k", "/a", BODY)).isEqualTo(1);
    }

    @Test
    void whatBrokeLetsNobodyWaitForItsAnswer() {
        assertThatThrownBy(() -> answers.answer("k", "/a", BODY, () -> {
                    throw new StackOverflowError("too deep");
                }))
                .hasMessage("too deep");
        assertThat(CompletableFuture.supplyAsync(() -> ask("k", "/a", BODY)))
                .succeedsWithin(Duration.ofSeconds(5))
                .isEqualTo(1);
    }

    @Test
    void theSecondOfTwoAtOnceWaitsForTheFirst() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        CompletableFuture<Object> first = CompletableFuture.supplyAsync(() -> answers.answer("k", "/a", BODY, () -> {
            inside.countDown();
            await(go);
            return changes.incrementAndGet();
        }));
        assertThat(inside.await(5, TimeUnit.SECONDS)).isTrue();
        CompletableFuture<Object> second = CompletableFuture.supplyAsync(() -> ask("k", "/a", BODY));
        go.countDown();

        assertThat(first.get(5, TimeUnit.SECONDS)).isEqualTo(1);
        assertThat(second.get(5, TimeUnit.SECONDS)).isEqualTo(1);
    }

    @Test
    void onlyTheNewestAreKept() {
        for (int i = 0; i <= FirstAnswers.KEPT; i++) {
            ask("k" + i, "/a", BODY);
        }
        assertThat(ask("k1", "/a", BODY)).isEqualTo(2);
        assertThat(ask("k0", "/a", BODY)).isEqualTo(FirstAnswers.KEPT + 2);
    }

    private Object ask(String key, String path, byte[] body) {
        return answers.answer(key, path, body, changes::incrementAndGet);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
