package io.vikhry.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.http.WebSocket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** When the WebSocket's ticks come, by workers that tell of a second at most 100 ms after its end. */
@Tag("beside")
class LiveIT extends OrchestratorFixture {
    private static final int USERS = 10;

    @Test
    void aTickShowsTheSecondThatHasJustEndedAndWaitsForWhoHasNotToldButNotForLong() throws Exception {
        try (ContractWorker first = new ContractWorker(redis.url(), "w1", 1);
                ContractWorker second = new ContractWorker(redis.url(), "w2", 1);
                Ticks ticks = new Ticks(orchestrator)) {
            client.awaitReadyWorkers(2);
            begin(USERS);
            ticks.await(
                    "a tick before 700 ms of the next second, with all that was sent of the one that has ended",
                    tick -> into(tick) < 700 && ended(tick) > 0 && requests(tick) >= ended(tick));

            second.frozen = true;
            ticks.await(
                    "a tick that waited for the one that stands still, but not for ever",
                    tick -> into(tick) >= 700 && requests(tick) < ended(tick));

            second.frozen = false;
            ticks.await("a tick that has nobody to wait for", tick -> into(tick) < 700);
        }
    }

    /** How long after the end of a second a tick was made, in ms. */
    private static long into(JsonNode tick) {
        return tick.path("test").path("now").asLong() % 1000;
    }

    private static long requests(JsonNode tick) {
        return tick.path("totals").path("count").asLong();
    }

    /** What the workers make of the seconds that were over by then; of the first, in which users began, as much as of a whole one. */
    private static long ended(JsonNode tick) {
        JsonNode test = tick.path("test");
        long seconds = test.path("now").asLong() / 1000
                - test.path("run").path("started_at").asLong() / 1000;
        return seconds * USERS * ContractWorker.RATE;
    }

    /** What comes over the WebSocket. */
    private static final class Ticks implements WebSocket.Listener, AutoCloseable {
        private static final int MOST = 30;

        private final BlockingQueue<JsonNode> came = new LinkedBlockingQueue<>();
        private final StringBuilder text = new StringBuilder();
        private final WebSocket socket;

        Ticks(Orchestrator orchestrator) throws Exception {
            URI address = URI.create(orchestrator.url().replaceFirst("http", "ws") + "/api/v1/ws");
            CompletableFuture<WebSocket> opened =
                    Client.HTTP.newWebSocketBuilder().buildAsync(address, this);
            socket = opened.get(10, TimeUnit.SECONDS);
        }

        /** Waits for such a tick; a machine that stands still for a moment makes others. */
        void await(String what, Predicate<JsonNode> such) throws InterruptedException {
            for (int other = 0; other < MOST; other++) {
                JsonNode tick = came.poll(10, TimeUnit.SECONDS);
                assertThat(tick).as("the next tick, while waiting for %s", what).isNotNull();
                if (such.test(tick)) {
                    return;
                }
            }
            fail("%d ticks and not %s", MOST, what);
        }

        @Override
        public synchronized CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                try {
                    came.add(Client.JSON.readTree(text.toString()));
                } catch (JsonProcessingException e) {
                    throw new AssertionError("a message that is no JSON", e);
                }
                text.setLength(0);
            }
            from.request(1);
            return null;
        }

        @Override
        public void close() {
            socket.abort();
        }
    }
}
