package io.vikhry.runtime.http;

import io.netty.channel.Channel;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/** How the connections to one origin get there: from which address, to which, and through what. */
final class Route {
    /**
     * What a client says about its ways.
     *
     * @param proxy null for none
     * @param hosts addresses of names that are not looked up
     * @param localAddresses the addresses to connect from, in turns; empty for the system's choice
     */
    record Ways(@Nullable Proxy proxy, Map<String, List<InetAddress>> hosts, List<InetAddress> localAddresses) {
        static final Ways DIRECT = new Ways(null, Map.of(), List.of());

        /** The proxy for requests to {@code origin}, or null. */
        @Nullable Proxy proxyTo(Origin origin) {
            return proxy != null && proxy.isFor(origin.host()) ? proxy : null;
        }
    }

    /** Common to all clients: as a rule each opens one connection only, and they shall not all begin with the same address. */
    private static final AtomicInteger TURN = new AtomicInteger();

    private final Origin origin;
    private final Ways ways;
    private final @Nullable Proxy proxy;
    private final boolean tunnels;

    Route(Origin origin, ClientSettings settings) {
        this.origin = origin;
        this.ways = settings.ways();
        this.proxy = ways.proxyTo(origin);
        this.tunnels = proxy != null && asked(origin, settings) == null;
    }

    /** The proxy that is asked for the response itself, instead of for a way through; null if none is. */
    static @Nullable Proxy asked(Origin origin, ClientSettings settings) {
        Proxy proxy = origin.tls() || settings.http2() ? null : settings.ways().proxyTo(origin);
        return proxy == null || proxy.socks() ? null : proxy;
    }

    @Nullable Proxy proxy() {
        return proxy;
    }

    /** Where the connection goes. */
    String host() {
        return proxy == null ? origin.host() : proxy.host();
    }

    int port() {
        return proxy == null ? origin.port() : proxy.port();
    }

    /** {@link #host} and {@link #port}, for people. */
    String name() {
        return proxy == null ? origin.authority() : proxy.toString();
    }

    /** The addresses of {@link #host}, one at least. */
    CompletableFuture<List<InetAddress>> addresses() {
        List<InetAddress> fixed = ways.hosts().get(host());
        return fixed == null ? Resolver.SHARED.resolve(host()) : CompletableFuture.completedFuture(fixed);
    }

    /**
     * In which order one connection tries them: those of the family of the first, and those of the other, in turns. Each connection
     * begins at a random one of those that stand for a name, so that all of them have their share of the load, whatever order the
     * name server had; addresses that the client gave are tried in its order.
     */
    List<InetAddress> order(List<InetAddress> addresses) {
        boolean given = ways.hosts().containsKey(host());
        return inTurns(
                addresses, size -> given ? 0 : ThreadLocalRandom.current().nextInt(size));
    }

    /** Those of one family and those of the other in turns, each beginning with the one that {@code first} says of so many. */
    static List<InetAddress> inTurns(List<InetAddress> addresses, IntUnaryOperator first) {
        if (addresses.size() < 2) {
            return addresses;
        }
        boolean six = addresses.getFirst() instanceof Inet6Address;
        List<InetAddress> ours = new ArrayList<>();
        List<InetAddress> theirs = new ArrayList<>();
        addresses.forEach(a -> (a instanceof Inet6Address == six ? ours : theirs).add(a));
        for (List<InetAddress> family : List.of(ours, theirs)) {
            if (!family.isEmpty()) {
                Collections.rotate(family, -first.applyAsInt(family.size()));
            }
        }
        Deque<InetAddress> these = new ArrayDeque<>(ours);
        Deque<InetAddress> others = new ArrayDeque<>(theirs);
        List<InetAddress> turns = new ArrayList<>(addresses.size());
        while (!these.isEmpty() || !others.isEmpty()) {
            for (Deque<InetAddress> family : List.of(these, others)) {
                InetAddress address = family.poll();
                if (address != null) {
                    turns.add(address);
                }
            }
        }
        return turns;
    }

    /** The address to connect from to {@code to}, of the same family; null where the system shall choose. */
    @Nullable InetAddress localAddress(InetAddress to) {
        List<InetAddress> mine = ways.localAddresses();
        if (mine.isEmpty()) {
            return null;
        }
        List<InetAddress> fitting = mine.stream()
                .filter(a -> a instanceof Inet6Address == to instanceof Inet6Address)
                .toList();
        return fitting.isEmpty() ? null : fitting.get(Math.floorMod(TURN.getAndIncrement(), fitting.size()));
    }

    /** Whether the proxy is to be asked for a way through. */
    boolean tunnels() {
        return tunnels;
    }

    /** Asks for one on a channel to the proxy; {@code result} takes null when there is, or what is wrong. */
    void tunnel(Channel channel, Consumer<@Nullable String> result) {
        Proxy through = proxy;
        if (through != null && through.socks()) {
            SocksTunnel.ask(channel, through, origin, result);
        } else if (through != null) {
            channel.pipeline().addLast(new Tunnel(through, origin, result));
            Tunnel.ask(channel, through, origin);
        }
    }
}
