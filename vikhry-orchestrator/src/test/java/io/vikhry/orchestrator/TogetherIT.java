package io.vikhry.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Values computed once and barriers, with three real workers. */
@Tag("beside")
class TogetherIT extends PoolFixture {
    @Test
    void aValueIsComputedOnceForAllAndABarrierWaitsForAll() throws Exception {
        start(scenario("""
                public record Token(String text, int number) {}
                @Override public void onStart() throws Exception {
                    Token token = once("token", Token.class, () -> {
                        http.post("/computed").send().expectStatus(200);
                        return new Token("t", 42);
                    });
                    int plain = once("plain", () -> 7);
                    if (id() == 5) { stop(); return; }
                    pause(Duration.ofMillis(20 * id()));
                    http.post("/before/" + token.number() + "/" + plain).send().expectStatus(200);
                    if (id() == 6) { pause(Duration.ofSeconds(1)); }
                    barrier("warm");
                    http.post("/after").send().expectStatus(200);
                }
                @Step(every = "1h") void idle() {}
                """));
        target.watch("/after", () -> target.at("/before/42/7"));
        run(30);
        await().atMost(BOUND).until(() -> target.at("/after") == 29);
        assertThat(target.at("/computed")).isEqualTo(1);
        assertThat(target.seenAtFirst("/after"))
                .as("who had come when it opened")
                .isEqualTo(29);
        stop();
    }

    @Test
    void aComputationThatFailsIsTriedByOthersThreeTimesAndABarrierHasItsTime() throws Exception {
        start(scenario("""
                @Override public void onStart() throws Exception {
                    try {
                        once("token", () -> { http.post("/tried").send(); throw new IllegalStateException("no token today"); });
                    } catch (TogetherException e) {
                        if (e.getMessage().contains("no token today")) http.post("/told").send();
                    } catch (IllegalStateException e) {
                        http.post("/failed").send();
                    }
                    if (id() > 0) {
                        try {
                            barrier("never", Duration.ofSeconds(5));
                        } catch (TogetherException e) {
                            if (e.getMessage().contains("8 of 9 users had come")) http.post("/late").send();
                        }
                    }
                }
                @Step(every = "1h") void idle() {}
                """));
        run(9);
        await().atMost(BOUND).until(() -> target.at("/late") == 8);
        assertThat(target.at("/tried")).isEqualTo(3);
        assertThat(target.at("/failed")).isEqualTo(3);
        assertThat(target.at("/told")).isEqualTo(6);
        stop();
    }
}
