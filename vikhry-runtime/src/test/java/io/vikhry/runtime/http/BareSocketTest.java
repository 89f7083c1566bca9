package io.vikhry.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.epoll.Epoll;
import io.vikhry.runtime.engine.Engine;
import io.vikhry.runtime.engine.EngineOptions;
import io.vikhry.runtime.engine.EngineOptions.Transport;
import io.vikhry.runtime.engine.Loop;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class BareSocketTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    private final Heard heard = new Heard();
    private Engine engine;
    private Loop loop;
    private ServerSocket server;

    @BeforeEach
    void start() throws IOException {
        assumeThat(Epoll.isAvailable()).as("epoll").isTrue();
        engine = Engine.start(EngineOptions.defaults().withLoops(1).withTransport(Transport.EPOLL));
        loop = engine.nextLoop();
        server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        server.setReceiveBufferSize(16 * 1024);
    }

    @AfterEach
    void stop() throws IOException {
        if (engine != null) {
            server.close();
            engine.close();
        }
    }

    @Test
    void aRequestThatTheSystemDoesNotTakeAtOnceGoesOutWholeAndInOrder() throws Exception {
        BareSocket client = open();
        byte[] head = "head".getBytes(StandardCharsets.US_ASCII);
        byte[] body = new byte[6_000_000];
        new Random(1).nextBytes(body);
        byte[] end = "end".getBytes(StandardCharsets.US_ASCII);
        CompletableFuture<Boolean> drainedAtOnce = new CompletableFuture<>();
        CompletableFuture<Boolean> drainedWhenTaken = new CompletableFuture<>();
        try (Socket peer = server.accept()) {
            loop.execute(() -> {
                client.send(head, body);
                drainedAtOnce.complete(client.isDrained());
                client.sendPart(end, () -> loop.execute(() -> drainedWhenTaken.complete(client.isDrained())));
            });
            assertThat(drainedAtOnce.get(10, TimeUnit.SECONDS)).isFalse();
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            all.write(head);
            all.write(body);
            all.write(end);
            assertThat(peer.getInputStream().readNBytes(all.size())).isEqualTo(all.toByteArray());
            assertThat(drainedWhenTaken.get(10, TimeUnit.SECONDS)).isTrue();
            assertThat(heard.sent).hasValue(1);
        }
    }

    @Test
    void whatThePeerSaidBeforeItClosedIsHeardBeforeTheEnd() throws Exception {
        open();
        byte[] said = new byte[3_000_000];
        new Random(2).nextBytes(said);
        try (Socket peer = server.accept()) {
            peer.getOutputStream().write(said);
        }
        await().atMost(SOON).until(() -> heard.ends.size() == 1);
        assertThat(heard.ends).containsExactly("closed");
        assertThat(heard.bytes.toByteArray()).isEqualTo(said);
    }

    @Test
    void whatCannotBeSentToAPeerThatIsGoneEndsTheWire() throws Exception {
        BareSocket client = open();
        try (Socket peer = server.accept()) {
            peer.setSoLinger(true, 0);
        }
        loop.execute(() -> client.send(new byte[10], new byte[10]));
        await().atMost(SOON).until(() -> !heard.ends.isEmpty());
    }

    @Test
    void whatCannotBeSentThoughThePeerIsThereEndsTheWireAfterWhatThePeerSaid() throws Exception {
        BareSocket client = open();
        try (Socket peer = server.accept()) {
            peer.getOutputStream().write(new byte[100]);
            ((io.netty.channel.unix.Socket) client.fd()).shutdown(false, true);
            loop.execute(() -> client.send(new byte[10], null));
            await().atMost(SOON).until(() -> !heard.ends.isEmpty());
            assertThat(heard.ends).containsExactly("broken");
            assertThat(heard.bytes.size()).isEqualTo(100);
        }
    }

    @Test
    void aClosedOneTellsAndSendsNothingMore() throws Exception {
        BareSocket client = open();
        try (Socket peer = server.accept()) {
            peer.setSoTimeout(10_000);
            CompletableFuture<Boolean> open = new CompletableFuture<>();
            loop.execute(() -> {
                client.close();
                client.send(new byte[10], null);
                client.close();
                open.complete(client.isOpen());
            });
            assertThat(peer.getInputStream().read()).isEqualTo(-1);
            assertThat(open.get(10, TimeUnit.SECONDS)).isFalse();
        }
        assertThat(heard.ends).isEmpty();
    }

    @Test
    void whomTheFirstOfManyAnswersIsForGoesOnBeforeTheLastIsHeard() throws Exception {
        int many = 300;
        CompletableFuture<Integer> heardWhenTheFirstWentOn = new CompletableFuture<>();
        heard.first = () -> loop.execute(() -> heardWhenTheFirstWentOn.complete(heard.bytes.size()));
        List<Socket> peers = new ArrayList<>();
        CountDownLatch answered = new CountDownLatch(1);
        try {
            for (int i = 0; i < many; i++) {
                open();
                peers.add(server.accept());
            }
            CountDownLatch held = new CountDownLatch(1);
            loop.execute(() -> {
                held.countDown();
                assertThatCode(answered::await).doesNotThrowAnyException();
            });
            assertThat(held.await(10, TimeUnit.SECONDS)).isTrue();
            for (Socket peer : peers) {
                peer.getOutputStream().write(1);
            }
            answered.countDown();

            assertThat(heardWhenTheFirstWentOn.get(10, TimeUnit.SECONDS)).isBetween(1, many / 2);
            await().atMost(SOON).until(() -> heard.bytes.size() == many);
        } finally {
            answered.countDown();
            for (Socket peer : peers) {
                peer.close();
            }
        }
    }

    private BareSocket open() throws Exception {
        io.netty.channel.unix.Socket socket = io.netty.channel.unix.Socket.newSocketStream();
        if (!socket.connect(server.getLocalSocketAddress())) {
            await().pollInterval(Duration.ofMillis(1)).atMost(SOON).until(socket::finishConnect);
        }
        CompletableFuture<BareSocket> opened = new CompletableFuture<>();
        loop.execute(() -> {
            try {
                BareSocket made = BareSocket.of(socket, loop);
                opened.complete(made);
                made.attach(heard);
            } catch (IOException e) {
                opened.completeExceptionally(e);
            }
        });
        return opened.get(10, TimeUnit.SECONDS);
    }

    /** All that came. */
    private static final class Heard implements Wire.End {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        final AtomicInteger sent = new AtomicInteger();
        final List<String> ends = new CopyOnWriteArrayList<>();
        volatile Runnable first = () -> {};

        @Override
        public void received(byte[] in, int n, boolean more) {
            if (bytes.size() == 0) {
                first.run();
            }
            bytes.write(in, 0, n);
        }

        @Override
        public void sent() {
            sent.incrementAndGet();
        }

        @Override
        public void gone(@Nullable Throwable cause) {
            ends.add(cause == null ? "closed" : "broken");
        }
    }
}
