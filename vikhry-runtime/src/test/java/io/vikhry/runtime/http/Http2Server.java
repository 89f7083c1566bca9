package io.vikhry.runtime.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.Http2EventAdapter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.net.InetAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Netty's own HTTP/2 server; what it does with each request a test says. */
final class Http2Server implements AutoCloseable {
    /** What to do with one request. */
    @FunctionalInterface
    interface Script {
        void answer(Asked asked) throws Exception;
    }

    /** One request, whole. */
    record Asked(
            Http2ConnectionHandler handler, ChannelHandlerContext ctx, int stream, Http2Headers headers, byte[] body) {
        String path() {
            return headers.path().toString();
        }

        Http2ConnectionEncoder encoder() {
            return handler.encoder();
        }

        void head(int status, boolean end, String... more) {
            Http2Headers head = new DefaultHttp2Headers(false).status(Integer.toString(status));
            for (int i = 0; i < more.length; i += 2) {
                head.add(more[i], more[i + 1]);
            }
            encoder().writeHeaders(ctx, stream, head, 0, end, ctx.newPromise());
            handler.flush(ctx);
        }

        void trailers(String name, String value) {
            encoder()
                    .writeHeaders(
                            ctx, stream, new DefaultHttp2Headers(false).add(name, value), 0, true, ctx.newPromise());
            handler.flush(ctx);
        }

        void data(byte[] bytes, boolean end) {
            encoder().writeData(ctx, stream, Unpooled.wrappedBuffer(bytes), 0, end, ctx.newPromise());
            handler.flush(ctx);
        }

        void reset(long error) {
            handler.resetStream(ctx, stream, error, ctx.newPromise());
            handler.flush(ctx);
        }

        void goAway(int last) {
            handler.goAway(ctx, last, 0, Unpooled.EMPTY_BUFFER, ctx.newPromise());
            handler.flush(ctx);
        }
    }

    private final MultiThreadIoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Channel listener;
    private final String scheme;
    final AtomicInteger accepted = new AtomicInteger();
    final List<Asked> requests = new CopyOnWriteArrayList<>();

    private Http2Server(TestKey key, Http2Settings settings, Script script) throws Exception {
        SslContext tls = key == null
                ? null
                : SslContextBuilder.forServer(key.keyManagers())
                        .applicationProtocolConfig(new ApplicationProtocolConfig(
                                ApplicationProtocolConfig.Protocol.ALPN,
                                ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                                ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                                "h2"))
                        .build();
        this.scheme = tls == null ? "http" : "https";
        this.listener = new ServerBootstrap()
                .group(loops)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        accepted.incrementAndGet();
                        if (tls != null) {
                            channel.pipeline().addLast(tls.newHandler(channel.alloc()));
                        }
                        Events events = new Events(script);
                        events.handler = new Http2ConnectionHandlerBuilder()
                                .server(true)
                                .initialSettings(settings)
                                .frameListener(events)
                                .gracefulShutdownTimeoutMillis(0)
                                .build();
                        channel.pipeline().addLast(events.handler);
                    }
                })
                .bind(InetAddress.getByName("127.0.0.1"), 0)
                .sync()
                .channel();
    }

    /** Over TLS where a key is given. */
    static Http2Server start(TestKey key, Script script) throws Exception {
        return new Http2Server(key, new Http2Settings(), script);
    }

    static Http2Server start(Http2Settings settings, Script script) throws Exception {
        return new Http2Server(null, settings, script);
    }

    URI url() {
        return URI.create(scheme + "://localhost:" + ((java.net.InetSocketAddress) listener.localAddress()).getPort());
    }

    @Override
    public void close() throws Exception {
        listener.close().sync();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
    }

    private final class Events extends Http2EventAdapter {
        private final Script script;
        private final Map<Integer, Http2Headers> heads = new ConcurrentHashMap<>();
        private final Map<Integer, ByteBuf> bodies = new ConcurrentHashMap<>();
        private Http2ConnectionHandler handler;

        Events(Script script) {
            this.script = script;
        }

        @Override
        public void onHeadersRead(
                ChannelHandlerContext ctx, int stream, Http2Headers headers, int padding, boolean end) {
            heads.put(stream, headers);
            bodies.put(stream, Unpooled.buffer());
            ended(ctx, stream, end);
        }

        @Override
        public void onHeadersRead(
                ChannelHandlerContext ctx,
                int stream,
                Http2Headers headers,
                int dependency,
                short weight,
                boolean exclusive,
                int padding,
                boolean end) {
            onHeadersRead(ctx, stream, headers, padding, end);
        }

        @Override
        public int onDataRead(ChannelHandlerContext ctx, int stream, ByteBuf data, int padding, boolean end) {
            int n = data.readableBytes() + padding;
            bodies.get(stream).writeBytes(data);
            ended(ctx, stream, end);
            return n;
        }

        private void ended(ChannelHandlerContext ctx, int stream, boolean end) {
            if (!end) {
                return;
            }
            ByteBuf whole = bodies.remove(stream);
            byte[] body = new byte[whole.readableBytes()];
            whole.readBytes(body);
            Asked asked = new Asked(handler, ctx, stream, heads.remove(stream), body);
            requests.add(asked);
            // Not in the midst of the codec's own work.
            ctx.executor().execute(() -> {
                try {
                    script.answer(asked);
                } catch (Exception e) {
                    ctx.close();
                }
            });
        }
    }
}
