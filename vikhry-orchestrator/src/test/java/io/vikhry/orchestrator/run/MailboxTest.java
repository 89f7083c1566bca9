package io.vikhry.orchestrator.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class MailboxTest {
    private final Mailbox mailbox = new Mailbox(Duration.ofMillis(150));
    private final Mailbox patient = new Mailbox(Duration.ofSeconds(10));
    private final AtomicInteger done = new AtomicInteger();
    private final CompletableFuture<Throwable> failure = new CompletableFuture<>();

    private CompletableFuture<Integer> asking() {
        return CompletableFuture.supplyAsync(() -> patient.ask(done::incrementAndGet));
    }

    @Test
    void whoAsksHasTheAnswerOrWhatWentWrong() throws Exception {
        CompletableFuture<Integer> asked = asking();
        assertThat(patient.answerNext(5_000)).isTrue();
        assertThat(asked.get(5, TimeUnit.SECONDS)).isEqualTo(1);

        CompletableFuture<Object> refused = CompletableFuture.supplyAsync(() -> patient.ask(() -> {
            throw new Refusal(Refusal.Code.NO_WORKERS, "nobody is there");
        }));
        assertThat(patient.answerNext(5_000)).isTrue();
        assertThatThrownBy(() -> refused.get(5, TimeUnit.SECONDS)).hasRootCauseMessage("nobody is there");
        assertThat(patient.answerNext(1)).isFalse();
    }

    @Test
    void whatNobodyHasTakenUpInItsTimeIsNeverDone() throws Exception {
        assertThatThrownBy(() -> mailbox.ask(done::incrementAndGet))
                .isInstanceOf(Refusal.class)
                .hasMessage("Redis takes too long to answer: nothing was done; try again.");

        mailbox.answerNext(1);
        mailbox.answerAll();

        assertThat(done).hasValue(0);
    }

    @Test
    void whatIsAskedByOneWhoIsToldToStopIsNeverDone() throws Exception {
        Thread asking = Thread.ofVirtual().unstarted(() -> patient.ask(done::incrementAndGet));
        asking.setUncaughtExceptionHandler((thread, refused) -> failure.complete(refused));
        asking.start();
        asking.interrupt();
        assertThat(failure.get(5, TimeUnit.SECONDS)).hasMessage("The orchestrator is stopping.");

        patient.answerAll();

        assertThat(done).hasValue(0);
    }

    @Test
    void whoseQuestionWasTakenUpIsNotToldThatNothingWasDone() throws Exception {
        // Long enough for the question to be taken up in time, wherever the threads are.
        Mailbox mailbox = new Mailbox(Duration.ofSeconds(1));
        CountDownLatch late = new CountDownLatch(1);
        CompletableFuture<Boolean> answering = CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return mailbox.answerNext(5_000);
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                },
                Thread::startVirtualThread);
        CompletableFuture<Object> asked = CompletableFuture.supplyAsync(
                () -> mailbox.ask(() -> {
                    try {
                        return late.await(5, TimeUnit.SECONDS);
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                }),
                Thread::startVirtualThread);
        assertThatThrownBy(() -> asked.get(5, TimeUnit.SECONDS))
                .hasRootCauseMessage("Redis takes too long to answer: see what has become of it before you try again.");
        late.countDown();
        assertThat(answering.get(5, TimeUnit.SECONDS)).isTrue();
    }
}
