package io.vikhry.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.handler.codec.http2.Http2Settings;
import io.vikhry.api.Http;
import io.vikhry.api.HttpException;
import io.vikhry.api.HttpException.Code;
import io.vikhry.runtime.metrics.Phase;
import io.vikhry.runtime.metrics.SeriesSnapshot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Connections that the users of a loop share. */
@Timeout(60)
@Tag("beside")
class SharedPoolTest extends HttpFixture {
    private Http.Builder shared(RawServer server, int most) {
        return owner.http(server.url()).sharedConnections(most);
    }

    private static Code code(Http http, String path) {
        try {
            http.get(path).send();
            return null;
        } catch (HttpException e) {
            return e.code();
        }
    }

    /** A request that has passed the gate, and is in the line. */
    private CompletableFuture<Code> waiting(Http http) throws Exception {
        CompletableFuture<Thread> user = new CompletableFuture<>();
        CompletableFuture<Code> code = owner.start(() -> {
            user.complete(Thread.currentThread());
            return code(http, "/waits");
        });
        Thread thread = user.get(15, TimeUnit.SECONDS);
        await().atMost(Duration.ofSeconds(15)).until(() -> thread.getState() == Thread.State.WAITING);
        CompletableFuture<Void> taken = new CompletableFuture<>();
        owner.loop().execute(() -> taken.complete(null));
        taken.get(15, TimeUnit.SECONDS);
        return code;
    }

    @Test
    void noMoreThanTheMostAreOpenWhoeverAsksAndTheWaitIsPartOfTheTime() throws Exception {
        AtomicInteger atOnce = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        RawServer server = serve(peer -> {
            for (RawServer.Received r = peer.request(); r != null; r = peer.request()) {
                most.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
                LockSupport.parkNanos(5_000_000);
                atOnce.decrementAndGet();
                peer.send(RawServer.ok(r.target()));
            }
        });
        List<CompletableFuture<Void>> users = new ArrayList<>();
        for (int u = 0; u < 20; u++) {
            String path = "/" + u;
            users.add(owner.start(() -> {
                Http http = shared(server, 3).build();
                for (int i = 0; i < 5; i++) {
                    assertThat(http.get(path).name("GET s").send().text()).isEqualTo(path);
                }
                return null;
            }));
        }
        for (CompletableFuture<Void> user : users) {
            user.get(20, TimeUnit.SECONDS);
        }
        assertThat(server.accepted).hasValue(3);
        assertThat(most).hasValue(3);
        long blocked = 0;
        double micros = 0;
        for (SeriesSnapshot second : owner.all("GET s")) {
            blocked += second.phases().sumNanos(Phase.BLOCKED);
            micros += second.response().getMean() * second.count();
        }
        // 20 users on 3 connections: most of the time is waiting.
        assertThat(blocked / 1e3).isBetween(micros * 0.5, micros);
    }

    @Test
    void aUserThatEndsTakesItsOwnRequestsWithItAndNoOther() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        RawServer server = serve(peer -> {
            for (RawServer.Received r = peer.request(); r != null; r = peer.request()) {
                if (r.target().equals("/held")) {
                    release.await();
                }
                peer.send(RawServer.ok("x"));
            }
        });
        Http leaver = owner.onVu(() -> shared(server, 2).build());
        Http stayer = owner.onVu(() -> shared(server, 2).build());
        List<CompletableFuture<Code>> left = new ArrayList<>();
        left.add(owner.start(() -> code(leaver, "/held")));
        await().atMost(Duration.ofSeconds(15)).until(() -> server.requests.size() == 1);
        CompletableFuture<Code> held = owner.start(() -> code(stayer, "/held"));
        await().atMost(Duration.ofSeconds(15)).until(() -> server.requests.size() == 2);
        left.add(waiting(leaver));
        CompletableFuture<Code> waits = waiting(stayer);
        leaver.close();
        for (CompletableFuture<Code> one : left) {
            assertThat(one.get(5, TimeUnit.SECONDS)).isEqualTo(Code.CANCELLED);
        }
        assertThat(waits.get(5, TimeUnit.SECONDS)).isNull();
        release.countDown();
        assertThat(held.get(5, TimeUnit.SECONDS)).isNull();
        assertThat(server.accepted).hasValue(3);
        stayer.close();
        await().atMost(Duration.ofSeconds(15)).until(() -> server.openConnections() == 0);
        assertThat(owner.onVu(() -> code(shared(server, 2).build(), "/anew"))).isNull();
        assertThat(server.accepted).hasValue(4);
    }

    @Test
    void whatWaitedTooLongIsATimeoutAndWasNeverSent() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        RawServer server = serve(peer -> {
            while (peer.request() != null) {
                release.await();
                peer.send(RawServer.ok("x"));
            }
        });
        Http http = owner.onVu(() -> shared(server, 1).build());
        Http hasty = owner.onVu(
                () -> shared(server, 1).timeout(Duration.ofMillis(200)).build());
        CompletableFuture<Code> first = owner.start(() -> code(http, "/first"));
        await().atMost(Duration.ofSeconds(15)).until(() -> server.requests.size() == 1);
        assertThat(owner.onVu(() -> code(hasty, "/hasty"))).isEqualTo(Code.TIMEOUT);
        release.countDown();
        assertThat(first.get(5, TimeUnit.SECONDS)).isNull();
        assertThat(server.requests).hasSize(1);
        assertThat(owner.errors())
                .anySatisfy(e -> assertThat(e.message()).contains("no connection of the shared pool"));
    }

    /** A gate that can be shut. */
    private static final class Door implements Gate {
        private volatile boolean open = true;
        private final AtomicInteger waiting = new AtomicInteger();

        @Override
        public void pass() {
            waiting.incrementAndGet();
            while (!open) {
                LockSupport.parkNanos(1_000_000);
            }
            waiting.decrementAndGet();
        }

        @Override
        public boolean isOpen() {
            return open;
        }
    }

    @Test
    void whoWaitedForAConnectionPassesTheGateOnceMoreIfItWasShutMeanwhile() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        RawServer server = serve(peer -> {
            for (RawServer.Received r = peer.request(); r != null; r = peer.request()) {
                if (r.target().equals("/held")) {
                    release.await();
                }
                peer.send(RawServer.ok("x"));
            }
        });
        Door door = new Door();
        owner.gate = door;
        Http http = owner.onVu(() -> shared(server, 1).build());
        CompletableFuture<Code> held = owner.start(() -> code(http, "/held"));
        await().atMost(Duration.ofSeconds(15)).until(() -> server.requests.size() == 1);
        CompletableFuture<Code> waits = waiting(http);
        door.open = false;
        release.countDown();
        assertThat(held.get(5, TimeUnit.SECONDS)).isNull();
        await().atMost(Duration.ofSeconds(15)).until(() -> door.waiting.get() == 1);
        assertThat(server.requests).hasSize(1);
        door.open = true;
        assertThat(waits.get(5, TimeUnit.SECONDS)).isNull();
        assertThat(server.accepted).hasValue(1);
    }

    @Test
    void soDoesAUserWhoseConnectionWasBeingOpenedMeanwhile() throws Exception {
        RawServer server = serve(RawServer.always(RawServer.ok("x")));
        AtomicInteger passes = new AtomicInteger();
        owner.gate = new Gate() {
            @Override
            public void pass() {
                passes.incrementAndGet();
            }

            @Override
            public boolean isOpen() {
                return passes.get() > 1;
            }
        };
        assertThat(owner.onVu(() -> code(owner.http(server.url()).build(), "/x")))
                .isNull();
        assertThat(passes).hasValue(2);
        assertThat(server.accepted).hasValue(1);
    }

    @Test
    void aClientThatIsClosedAfterItsEngineLeavesItsPoolInPeace() throws Exception {
        RawServer server = serve(RawServer.ok("x"));
        Http http = owner.onVu(() -> shared(server, 1).build());
        assertThat(owner.onVu(() -> code(http, "/x"))).isNull();
        owner.engine().close();
        http.close();
    }

    @Test
    void withHttp2AllShareOneConnectionAndEndApart() throws Exception {
        Http2Server server = Http2Server.start(new Http2Settings(), asked -> {
            if (asked.path().equals("/held")) {
                asked.ctx().executor().schedule(() -> asked.head(200, true), 1, TimeUnit.SECONDS);
            } else {
                asked.head(200, true);
            }
        });
        servers.add(server);
        List<Http> clients = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            clients.add(owner.onVu(
                    () -> owner.http(server.url()).http2().sharedConnections(1).build()));
        }
        // From here on the server says nothing of its own, and that is no sign that it is gone.
        assertThat(owner.onVu(() -> code(clients.get(3), "/x"))).isNull();
        CompletableFuture<Code> mine = owner.start(() -> code(clients.get(0), "/held"));
        CompletableFuture<Code> other = owner.start(() -> code(clients.get(1), "/held"));
        await().atMost(Duration.ofSeconds(15)).until(() -> server.requests.size() == 3);
        clients.get(0).close();
        assertThat(mine.get(5, TimeUnit.SECONDS)).isEqualTo(Code.CANCELLED);
        assertThat(owner.onVu(() -> code(clients.get(2), "/x"))).isNull();
        assertThat(other.get(5, TimeUnit.SECONDS)).isNull();
        assertThat(server.accepted).hasValue(1);
    }

    @Test
    void cookiesAreNotSharedAndOtherSettingsHaveOtherConnections() throws Exception {
        RawServer server =
                serve(RawServer.always("HTTP/1.1 200 OK\r\nSet-Cookie: who=me\r\nContent-Length: 0\r\n\r\n"));
        owner.onVu(() -> {
            Http one = shared(server, 4).build();
            one.get("/").send();
            one.get("/").send();
            shared(server, 4).build().get("/").send();
            shared(server, 4)
                    .connectTimeout(Duration.ofSeconds(1))
                    .build()
                    .get("/")
                    .send();
            return null;
        });
        assertThat(server.requests).extracting(r -> r.header("cookie")).containsExactly("", "who=me", "", "");
        assertThat(server.accepted).hasValue(2);
        assertThat(owner.codes("GET /")).isEqualTo(Map.of("200", 4L));
    }
}
