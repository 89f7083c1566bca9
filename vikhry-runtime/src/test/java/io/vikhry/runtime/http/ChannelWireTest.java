package io.vikhry.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.vikhry.runtime.engine.Engine;
import io.vikhry.runtime.engine.EngineOptions;
import io.vikhry.runtime.engine.EngineOptions.Transport;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class ChannelWireTest {
    private static final int MUCH = 20_000_000;

    @ParameterizedTest
    @EnumSource(names = {"EPOLL", "NIO"})
    void aRequestIsSentWhenTheSystemHasTakenIt(Transport transport) throws Exception {
        AtomicInteger sent = new AtomicInteger();
        Wire.End end = new Wire.End() {
            @Override
            public void received(byte[] in, int n, boolean more) {}

            @Override
            public void sent() {
                sent.incrementAndGet();
            }

            @Override
            public void gone(@Nullable Throwable cause) {}
        };
        try (Engine engine = Engine.start(EngineOptions.defaults().withLoops(1).withTransport(transport));
                ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            Channel channel = new Bootstrap()
                    .group(engine.loops().getFirst().netty())
                    .channel(engine.channelType())
                    .option(ChannelOption.TCP_NODELAY, true)
                    .handler(new ChannelInboundHandlerAdapter())
                    .connect(server.getLocalSocketAddress())
                    .sync()
                    .channel();
            try (Socket peer = server.accept()) {
                CompletableFuture<Boolean> whole = new CompletableFuture<>();
                engine.loops().getFirst().execute(() -> {
                    Wire wire = ChannelWire.over(channel, end);
                    wire.sendPart(new byte[MUCH], () -> {});
                    whole.complete(wire.send(new byte[100], null));
                });
                assertThat(whole.get(10, TimeUnit.SECONDS)).isFalse();
                assertThat(sent).hasValue(0);
                assertThat(peer.getInputStream().readNBytes(MUCH + 100)).hasSize(MUCH + 100);
                await().atMost(Duration.ofSeconds(10)).until(() -> sent.get() == 1);
            }
        }
    }
}
