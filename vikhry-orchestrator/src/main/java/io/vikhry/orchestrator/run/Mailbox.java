package io.vikhry.orchestrator.run;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * What others ask of the conductor's thread, one after the other. A question is either taken up by that thread or withdrawn by
 * who asked, when its time is over; so who was told that it came to nothing does not find it done a minute later.
 */
final class Mailbox {
    private final BlockingQueue<Question<?>> questions = new LinkedBlockingQueue<>();
    private final Duration patience;

    /** {@code patience}: how long a question waits to be taken up, and how long after that for its answer. */
    Mailbox(Duration patience) {
        this.patience = patience;
    }

    private static final class Question<T> {
        private final Supplier<T> what;
        private final AtomicBoolean decided = new AtomicBoolean();
        private final CompletableFuture<T> answer = new CompletableFuture<>();

        Question(Supplier<T> what) {
            this.what = what;
        }

        void takeUp() {
            if (decided.compareAndSet(false, true)) {
                try {
                    answer.complete(what.get());
                } catch (RuntimeException e) {
                    answer.completeExceptionally(e);
                }
            }
        }

        /** False if it has been taken up. */
        boolean withdraw() {
            return decided.compareAndSet(false, true);
        }
    }

    /** Asks, and waits for the answer; for any thread but the one that answers. */
    <T> T ask(Supplier<T> what) {
        Question<T> question = new Question<>(what);
        questions.add(question);
        try {
            try {
                return await(question);
            } catch (TimeoutException e) {
                if (question.withdraw()) {
                    throw new Refusal(
                            Refusal.Code.REDIS_UNAVAILABLE,
                            "Redis takes too long to answer: nothing was done; try again.");
                }
                return await(question);
            }
        } catch (TimeoutException e) {
            throw new Refusal(
                    Refusal.Code.REDIS_UNAVAILABLE,
                    "Redis takes too long to answer: see what has become of it before you try again.");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            question.withdraw();
            throw new Refusal(Refusal.Code.NOT_LEADER, "The orchestrator is stopping.");
        }
    }

    private <T> T await(Question<T> question) throws InterruptedException, ExecutionException, TimeoutException {
        return question.answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Takes up the next question, if one comes within that time; whether one came. */
    boolean answerNext(long waitMillis) throws InterruptedException {
        Question<?> next = questions.poll(waitMillis, TimeUnit.MILLISECONDS);
        if (next != null) {
            next.takeUp();
        }
        return next != null;
    }

    /** Takes up all questions that wait. */
    void answerAll() {
        for (Question<?> left = questions.poll(); left != null; left = questions.poll()) {
            left.takeUp();
        }
    }
}
