package io.vikhry.runtime.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.NetUtil;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The talk with a SOCKS5 proxy about a way to a server (RFC 1928, and 1929 for credentials); leaves the pipeline when the way is
 * free. The proxy is given the server's name, and looks it up itself.
 */
final class SocksTunnel extends ChannelInboundHandlerAdapter {
    private static final int VERSION = 5;
    private static final int OPEN_TO_ALL = 0;
    private static final int BY_PASSWORD = 2;
    private static final int IPV4 = 1;
    private static final int NAME = 3;
    private static final int IPV6 = 4;
    private static final String[] REFUSALS = {
        "",
        "a failure of its own",
        "its rules do not allow it",
        "the network cannot be reached",
        "the host cannot be reached",
        "nobody listens there",
        "the time was over",
        "it knows no CONNECT",
        "it knows no addresses of that kind"
    };

    /** What the proxy says next. */
    private enum Next {
        METHOD,
        WHETHER_KNOWN,
        WHETHER_FREE
    }

    private final Proxy proxy;
    private final Origin origin;
    private final Consumer<@Nullable String> result;
    private Next next = Next.METHOD;
    private byte[] said = {};

    private SocksTunnel(Proxy proxy, Origin origin, Consumer<@Nullable String> result) {
        this.proxy = proxy;
        this.origin = origin;
        this.result = result;
    }

    /** Asks on a channel to the proxy for a way to {@code origin}; {@code result} takes null when there is, or what is wrong. */
    static void ask(Channel channel, Proxy proxy, Origin origin, Consumer<@Nullable String> result) {
        channel.pipeline().addLast(new SocksTunnel(proxy, origin, result));
        byte[] methods = proxy.login() == null
                ? new byte[] {VERSION, 1, OPEN_TO_ALL}
                : new byte[] {VERSION, 2, OPEN_TO_ALL, BY_PASSWORD};
        channel.writeAndFlush(Unpooled.wrappedBuffer(methods), channel.voidPromise());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        try {
            int before = said.length;
            said = Arrays.copyOf(said, before + in.readableBytes());
            in.readBytes(said, before, in.readableBytes());
        } finally {
            in.release();
        }
        int length = length();
        if (length > 0 && said.length >= length) {
            byte[] whole = said;
            said = Arrays.copyOfRange(whole, length, whole.length);
            heard(ctx, whole);
        }
    }

    /** The bytes of what the proxy is saying; 0 while that is not known. */
    private int length() {
        if (next != Next.WHETHER_FREE || said.length > 1 && said[1] != 0) {
            return 2;
        }
        if (said.length < 5) {
            return 0;
        }
        return switch (said[3]) {
            case IPV4 -> 10;
            case IPV6 -> 22;
            default -> 7 + (said[4] & 0xff);
        };
    }

    private void heard(ChannelHandlerContext ctx, byte[] whole) {
        int answer = whole[1] & 0xff;
        if (whole[0] != (next == Next.WHETHER_KNOWN ? 1 : VERSION)) {
            end(ctx, proxy + " did not answer in SOCKS5");
        } else if (next == Next.METHOD && answer == OPEN_TO_ALL) {
            askForWay(ctx);
        } else if (next == Next.METHOD && answer == BY_PASSWORD && proxy.login() != null) {
            next = Next.WHETHER_KNOWN;
            send(ctx, login(proxy.login()));
        } else if (next == Next.METHOD) {
            end(ctx, proxy + (proxy.login() == null ? " asks for credentials" : " takes no user and password"));
        } else if (next == Next.WHETHER_KNOWN && answer == 0) {
            askForWay(ctx);
        } else if (next == Next.WHETHER_KNOWN) {
            end(ctx, proxy + " refused the credentials");
        } else if (answer != 0) {
            String why = answer < REFUSALS.length ? REFUSALS[answer] : "code " + answer;
            end(ctx, proxy + " refused the way to " + origin.authority() + ": " + why);
        } else if (said.length > 0) {
            end(ctx, proxy + " sent bytes of its own after its answer");
        } else {
            end(ctx, null);
        }
    }

    private static byte[] login(String login) {
        int colon = login.indexOf(':');
        byte[] user = login.substring(0, colon < 0 ? login.length() : colon).getBytes(StandardCharsets.UTF_8);
        byte[] password = (colon < 0 ? "" : login.substring(colon + 1)).getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(1);
        out.write(user.length);
        out.writeBytes(user);
        out.write(password.length);
        out.writeBytes(password);
        return out.toByteArray();
    }

    private void askForWay(ChannelHandlerContext ctx) {
        next = Next.WHETHER_FREE;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {VERSION, 1, 0});
        byte[] address = NetUtil.createByteArrayFromIpAddressString(origin.host());
        if (address == null) {
            byte[] name = origin.host().getBytes(StandardCharsets.US_ASCII);
            out.write(NAME);
            out.write(name.length);
            out.writeBytes(name);
        } else {
            out.write(address.length == 4 ? IPV4 : IPV6);
            out.writeBytes(address);
        }
        out.write(origin.port() >> 8);
        out.write(origin.port());
        send(ctx, out.toByteArray());
    }

    private static void send(ChannelHandlerContext ctx, byte[] bytes) {
        ctx.writeAndFlush(Unpooled.wrappedBuffer(bytes), ctx.voidPromise());
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        end(ctx, proxy + " closed the connection instead of answering");
    }

    private void end(ChannelHandlerContext ctx, @Nullable String complaint) {
        if (!ctx.isRemoved()) {
            ctx.pipeline().remove(this);
            result.accept(complaint);
        }
    }
}
