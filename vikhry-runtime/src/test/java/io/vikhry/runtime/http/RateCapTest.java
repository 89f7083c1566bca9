package io.vikhry.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Settings;
import io.vikhry.api.Http;
import io.vikhry.runtime.vu.Fence;
import io.vikhry.runtime.vu.Leash;
import io.vikhry.runtime.vu.Throttle;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What goes out under a limit of requests per second, as servers count it. */
@Timeout(60)
@Tag("beside")
class RateCapTest extends HttpFixture {
    /** Every other request has to wait for its place. */
    private static final class CountingGate implements Gate {
        final AtomicInteger places = new AtomicInteger();
        final AtomicInteger waits = new AtomicInteger();

        @Override
        public void pass() {}

        @Override
        public boolean isLimited() {
            return true;
        }

        @Override
        public boolean takePlace() {
            if (places.get() % 2 == 1) {
                return false;
            }
            places.incrementAndGet();
            return true;
        }

        @Override
        public long awaitPlace(boolean again) {
            waits.incrementAndGet();
            places.incrementAndGet();
            return 1_000_000;
        }
    }

    private final CountingGate gate = new CountingGate();

    @Test
    void eachRequestTakesOnePlaceOnWhateverConnectionItGoes() throws Exception {
        owner.gate = gate;
        RawServer keeping = serve(RawServer.ok("x"));
        RawServer closing = serve("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
        RawServer moving =
                serve("HTTP/1.1 302 Found\r\nLocation: " + keeping.url() + "/to\r\nContent-Length: 0\r\n\r\n");
        Http2Server two = Http2Server.start(new Http2Settings(), asked -> asked.head(200, true));
        servers.add(two);
        owner.onVu(() -> {
            for (Http http : List.of(
                    owner.http(keeping.url()).build(),
                    owner.http(keeping.url()).sharedConnections(1).build(),
                    owner.http(closing.url()).build(),
                    owner.http(moving.url()).redirects(1).build(),
                    owner.http(two.url()).http2().build())) {
                for (int i = 0; i < 7; i++) {
                    http.get("/x").send();
                }
            }
            return null;
        });
        int sent = keeping.requests.size() + closing.requests.size() + moving.requests.size() + two.requests.size();
        assertThat(sent).isEqualTo(7 * 6);
        assertThat(gate.places).hasValue(sent);
        assertThat(gate.waits).hasPositiveValue();
    }

    @Test
    void oneThatIsSentAnewTakesAnother() throws Exception {
        owner.gate = gate;
        RawServer stale = serve(peer -> {
            peer.request();
            peer.send(RawServer.ok("x"));
            peer.request();
        });
        AtomicBoolean refused = new AtomicBoolean();
        Http2Server two = Http2Server.start(new Http2Settings(), asked -> {
            if (refused.compareAndSet(false, true)) {
                asked.reset(Http2Error.REFUSED_STREAM.code());
            } else {
                asked.head(200, true);
            }
        });
        servers.add(two);
        owner.onVu(() -> {
            Http http = owner.http(stale.url()).build();
            http.get("/x").send();
            http.get("/x").send();
            owner.http(two.url()).http2().build().get("/x").send();
            return null;
        });
        assertThat(stale.requests).hasSize(3);
        assertThat(two.requests).hasSize(2);
        assertThat(gate.places).hasValue(5);
    }

    @Test
    void whatWaitedForAConnectionGoesOutWithinTheLimitAllTheSame() throws Exception {
        Throttle throttle = new Throttle();
        throttle.share(40);
        owner.gate = new Leash(AllowedHosts.ANY, throttle).gate(owner.loop(), Fence.open());
        List<Long> came = new CopyOnWriteArrayList<>();
        RawServer server = serve(peer -> {
            for (RawServer.Received r = peer.request(); r != null; r = peer.request()) {
                came.add(System.nanoTime());
                LockSupport.parkNanos(r.target().equals("/slow") ? TimeUnit.SECONDS.toNanos(1) : 0);
                peer.send(RawServer.ok("x"));
            }
        });
        List<CompletableFuture<Integer>> users = new ArrayList<>();
        for (int i = 0; i < 70; i++) {
            String path = i == 0 ? "/slow" : "/fast";
            users.add(owner.start(() -> owner.http(server.url())
                    .sharedConnections(1)
                    .build()
                    .get(path)
                    .send()
                    .status()));
        }
        for (CompletableFuture<Integer> user : users) {
            assertThat(user.get(20, TimeUnit.SECONDS)).isEqualTo(200);
        }
        assertThat(came).hasSize(70);
        // What a busy machine delays makes this longer; without the limit it is 1.8 s, for 38 then go out at once.
        assertThat((Collections.max(came) - Collections.min(came)) / 1e9)
                .as("seconds that the slow one and 69 others need, 40 a second")
                .isGreaterThan(2.3);
    }
}
