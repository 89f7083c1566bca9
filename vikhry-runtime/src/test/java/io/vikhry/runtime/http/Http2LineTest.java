package io.vikhry.runtime.http;

import static io.vikhry.runtime.http.Http2Frames.GOAWAY;
import static io.vikhry.runtime.http.Http2Frames.RST_STREAM;
import static io.vikhry.runtime.http.Http2Frames.SETTINGS;
import static io.vikhry.runtime.http.Http2Frames.joined;
import static io.vikhry.runtime.http.Http2Frames.number;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vikhry.api.Http;
import io.vikhry.api.HttpException;
import io.vikhry.api.HttpException.Code;
import io.vikhry.api.HttpStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of requests on the way to a stream of HTTP/2, or on one, when the server takes it away. */
@Timeout(60)
@Tag("beside")
class Http2LineTest extends HttpFixture {
    private static final byte[] NO_STREAMS = joined(new byte[] {0, 3}, number(0));

    /** A request that was handed to the loop, and is known there. */
    private CompletableFuture<Code> waiting(Http http) throws Exception {
        CompletableFuture<Thread> user = new CompletableFuture<>();
        CompletableFuture<Code> code = owner.start(() -> {
            user.complete(Thread.currentThread());
            return code(() -> http.get("/waits").send());
        });
        Thread thread = user.get(15, TimeUnit.SECONDS);
        await().atMost(Duration.ofSeconds(15)).until(() -> thread.getState() == Thread.State.WAITING);
        CompletableFuture<Void> taken = new CompletableFuture<>();
        owner.loop().execute(() -> taken.complete(null));
        taken.get(15, TimeUnit.SECONDS);
        return code;
    }

    @Test
    void whatWaitsForAStreamGoesOnElsewhereWhenTheConnectionEnds() throws Exception {
        byte[] close = {};
        byte[] rulesBroken = new Http2Frames().data(0, 5, true).bytes();
        for (byte[] end : List.of(close, rulesBroken)) {
            CountDownLatch release = new CountDownLatch(1);
            RawServer server = serve(peer -> {
                peer.head();
                if (release.getCount() == 0) {
                    peer.send(new Http2Frames().settings().ok(3, true).bytes());
                    peer.drain();
                    return;
                }
                peer.send(new Http2Frames()
                        .frame(SETTINGS, 0, 0, NO_STREAMS)
                        .ok(3, true)
                        .bytes());
                release.await();
                peer.send(end);
                if (end.length > 0) {
                    peer.drain();
                }
            });
            Http http = owner.onVu(() -> owner.http(server.url()).http2().build());
            assertThat(owner.onVu(() -> code(() -> http.get("/first").send()))).isNull();
            CompletableFuture<Code> waits = waiting(http);

            release.countDown();

            assertThat(waits.get(10, TimeUnit.SECONDS)).isNull();
            assertThat(server.accepted).hasValue(2);
            http.close();
            awaitClosed(server);
        }
        assertThat(owner.codes("GET /waits")).isEqualTo(Map.of("200", 2L));
    }

    @Test
    void anAnswerThatHasBegunIsNeverFollowedByAnotherWhateverTheServerTakesBack() throws Exception {
        byte[] refused = new Http2Frames().frame(RST_STREAM, 0, 3, number(7)).bytes();
        byte[] turnedAway = new Http2Frames().frame(GOAWAY, 0, 0, new byte[8]).bytes();
        for (byte[] end : List.of(refused, turnedAway)) {
            RawServer server = serve(peer -> {
                peer.head();
                peer.send(new Http2Frames()
                        .settings()
                        .ok(3, false)
                        .data(3, 10, false)
                        .raw(end)
                        .bytes());
                peer.drain();
            });
            Http http = owner.onVu(() -> owner.http(server.url()).http2().build());
            int[] came = {0};
            Code code = owner.onVu(() -> {
                try (HttpStream stream = http.get("/x").stream()) {
                    stream.forEach(piece -> came[0] += piece.length);
                    return null;
                } catch (HttpException e) {
                    return e.code();
                }
            });
            assertThat(code).isEqualTo(Code.RESET);
            assertThat(came[0]).isEqualTo(10);
            assertThat(server.accepted).hasValue(1);
            http.close();
        }
        assertThat(owner.codes("GET /x")).isEqualTo(Map.of("RESET", 2L));
    }
}
