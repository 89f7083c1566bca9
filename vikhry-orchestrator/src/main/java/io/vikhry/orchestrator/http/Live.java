package io.vikhry.orchestrator.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.javalin.websocket.WsConfig;
import io.vikhry.orchestrator.metrics.Aggregator;
import io.vikhry.orchestrator.metrics.Numbers;
import io.vikhry.orchestrator.metrics.Point;
import io.vikhry.orchestrator.run.Json;
import io.vikhry.orchestrator.run.Run;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The WebSocket: a snapshot to each new client, then a tick each second to all, when the {@link Beat} says so.
 *
 * <p>One message at a time is on its way to a client. A client that has not taken its last one when the next is due misses it and
 * gets a snapshot once it is free again, so what is kept for it never grows; one that takes nothing for 30 s is disconnected.
 * Sequence, points and the sending of both kinds of message are guarded by this object's lock.
 */
final class Live implements AutoCloseable {
    static final int CLIENTS = 200;

    private static final Logger LOG = LoggerFactory.getLogger(Live.class);
    private static final long STUCK_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final Answers answers;
    private final Map<String, Client> clients = new ConcurrentHashMap<>();
    private final Thread clock;
    private long seq;
    private long pointsSent;
    /** The run whose points were sent: after a change of leaders the same run is another object, which counts anew. */
    private @Nullable Run runSent;

    Live(Answers answers) {
        this.answers = answers;
        this.clock = Thread.ofPlatform().daemon().name("vikhry-live").start(this::beat);
    }

    private void beat() {
        Beat beat = new Beat(answers.nowMillis());
        try {
            while (true) {
                long millis = beat.millisLeft(answers.nowMillis(), answers.completeUntil());
                if (millis == 0) {
                    tick();
                } else {
                    TimeUnit.MILLISECONDS.sleep(millis);
                }
            }
        } catch (InterruptedException e) {
            // Closed.
        }
    }

    void configure(WsConfig ws) {
        ws.onConnect(ctx -> {
            ctx.session.setIdleTimeout(Duration.ofMinutes(2));
            if (clients.size() >= CLIENTS) {
                ctx.closeSession(1013, "too many clients");
                return;
            }
            connect(ctx.sessionId(), new Client(ctx.session));
        });
        ws.onClose(ctx -> clients.remove(ctx.sessionId()));
        ws.onError(ctx -> clients.remove(ctx.sessionId()));
    }

    private synchronized void connect(String id, Client client) {
        clients.put(id, client);
        client.send(message("snapshot", answers.pointsSince(0).points()));
    }

    private synchronized void tick() {
        try {
            seq++;
            Run run = answers.run();
            if (run != runSent) {
                pointsSent = 0;
                runSent = run;
            }
            Aggregator.Points changed = answers.pointsSince(pointsSent);
            pointsSent = changed.change();
            if (!clients.isEmpty()) {
                send(changed.points());
            }
        } catch (RuntimeException e) {
            // The next tick carries the same, but for these points: whoever sees the gap waits for a snapshot.
            LOG.error("A tick is left out", e);
            clients.values().forEach(client -> client.behind = true);
        }
    }

    private void send(List<Point> changed) {
        String tick = null;
        String snapshot = null;
        for (Client client : clients.values()) {
            if (client.busySince != 0) {
                client.behind = true;
                if (System.nanoTime() - client.busySince > STUCK_NANOS) {
                    client.session.disconnect();
                }
            } else if (client.behind) {
                client.behind = false;
                snapshot = snapshot != null
                        ? snapshot
                        : message("snapshot", answers.pointsSince(0).points());
                client.send(snapshot);
            } else {
                tick = tick != null ? tick : message("tick", changed);
                client.send(tick);
            }
        }
    }

    private String message(String type, List<Point> points) {
        Numbers numbers = answers.numbers();
        try {
            return Json.MAPPER.writeValueAsString(new Answers.Message(
                    type,
                    seq,
                    answers.test(),
                    numbers.totals(),
                    numbers.rows(),
                    answers.workers(),
                    answers.pools(),
                    answers.probes().probes(),
                    numbers.errors(),
                    points,
                    numbers.completeness()));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a " + type + " cannot be written as JSON", e);
        }
    }

    @Override
    public void close() {
        clock.interrupt();
        clients.values().forEach(client -> client.session.close(1001, "the orchestrator stops", Callback.NOOP));
    }

    private static final class Client {
        final Session session;
        /** When the message on its way was sent, by {@link System#nanoTime}, or 0. */
        volatile long busySince;
        /** Whether it has missed a tick. */
        volatile boolean behind;

        Client(Session session) {
            this.session = session;
        }

        void send(String message) {
            busySince = Math.max(1, System.nanoTime());
            session.sendText(message, Callback.from(() -> busySince = 0, failure -> session.disconnect()));
        }
    }
}
