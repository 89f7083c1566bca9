package io.vikhry.runtime.http;

import static io.vikhry.runtime.http.Http2Frames.SETTINGS;
import static io.vikhry.runtime.http.Http2Frames.WINDOW_UPDATE;
import static io.vikhry.runtime.http.Http2Frames.joined;
import static io.vikhry.runtime.http.Http2Frames.number;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.Http2Settings;
import io.vikhry.api.Http;
import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many users of one HTTP/2 connection, at the same moment. */
@Timeout(60)
@Tag("beside")
class Http2CrowdTest extends HttpFixture {
    private static final int USERS = 300;
    private static final int BODY = 60_000;

    private List<CompletableFuture<Integer>> post(Http http, boolean streamed) {
        List<CompletableFuture<Integer>> all = new ArrayList<>();
        for (int i = 0; i < USERS; i++) {
            byte[] body = new byte[BODY];
            Arrays.fill(body, (byte) i);
            all.add(owner.start(() -> (streamed
                            ? http.post("/x").body(() -> new ByteArrayInputStream(body), "a/b")
                            : http.post("/x").body(body, "a/b"))
                    .send()
                    .status()));
        }
        return all;
    }

    @Test
    void noMoreStreamsAreBegunThanTheServerTakesEvenBeforeItHasSaidHowMany() throws Exception {
        Http2Server server =
                Http2Server.start(new Http2Settings().maxConcurrentStreams(7), asked -> asked.head(200, true));
        servers.add(server);
        Http http = owner.onVu(
                () -> owner.http(server.url()).http2().sharedConnections(1).build());
        assertThat(post(http, true))
                .allSatisfy(status -> assertThat(status)
                        .succeedsWithin(Duration.ofSeconds(20))
                        .isEqualTo(200));
        assertThat(server.accepted).hasValue(1);
    }

    @Test
    void theirBodiesStayWholeThoughTheServerTakesItsTime() throws Exception {
        Map<Integer, Integer> bytes = new TreeMap<>();
        byte[] wide = joined(
                new byte[] {0, 3}, number(1), new byte[] {0, 4}, number(1 << 20), new byte[] {0, 5}, number(1 << 20));
        RawServer server = serve(peer -> {
            peer.head();
            peer.take("SM\r\n\r\n".length());
            peer.send(new Http2Frames()
                    .frame(SETTINGS, 0, 0, wide)
                    .frame(WINDOW_UPDATE, 0, 0, number(1 << 30))
                    // Only now the others, all at once.
                    .frame(SETTINGS, 0, 0, joined(new byte[] {0, 3}, number(1_000)))
                    .bytes());
            // More comes than the system keeps for who does not read.
            LockSupport.parkNanos(300_000_000);
            while (true) {
                byte[] head = peer.take(9);
                int stream = head[8] & 0xff | (head[7] & 0xff) << 8;
                byte[] payload = peer.take((head[0] & 0xff) << 16 | (head[1] & 0xff) << 8 | head[2] & 0xff);
                if (head[3] == Http2Frames.DATA) {
                    bytes.merge(stream, payload.length, Integer::sum);
                    byte[] same = payload.clone();
                    Arrays.fill(same, payload.length == 0 ? 0 : payload[0]);
                    assertThat(payload).isEqualTo(same);
                    if ((head[4] & Http2Frames.END_STREAM) != 0) {
                        peer.send(new Http2Frames().ok(stream, true).bytes());
                    }
                }
            }
        });
        Http http = owner.onVu(
                () -> owner.http(server.url()).http2().sharedConnections(1).build());
        List<CompletableFuture<Integer>> all = post(http, false);
        assertThat(all)
                .allSatisfy(status -> assertThat(status)
                        .succeedsWithin(Duration.ofSeconds(20))
                        .isEqualTo(200));
        assertThat(bytes.values()).hasSize(USERS).containsOnly(BODY);
        assertThat(server.accepted).hasValue(1);
    }
}
