package io.vikhry.runtime.http;

import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.resolver.HostsFileEntriesProvider;
import io.netty.resolver.dns.DnsCache;
import io.netty.resolver.dns.DnsCacheEntry;
import io.netty.resolver.dns.DnsCnameCache;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.DnsServerAddressStreamProvider;
import io.netty.resolver.dns.NoopDnsCache;
import io.netty.resolver.dns.UnixResolverDnsServerAddressStreamProvider;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The name servers that the system is set up with, asked how long an answer holds: the system's own resolver knows more ways to
 * find a name, but keeps that to itself.
 */
final class NameServers implements Resolver.Lifetimes {
    /** Those of this machine; on Linux only, where it is known how the system is set up. */
    static final NameServers OF_THE_SYSTEM = new NameServers(() -> named(Path.of("/etc/resolv.conf")));

    private static final Logger LOG = LoggerFactory.getLogger(NameServers.class);
    private static final boolean LINUX =
            System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("linux");
    private static final long PATIENCE_MILLIS = 2_000;

    private final Supplier<DnsServerAddressStreamProvider> servers;

    NameServers(Supplier<DnsServerAddressStreamProvider> servers) {
        this.servers = servers;
    }

    /**
     * Those that {@code file} names (resolv.conf(5)). Netty's own default asks public ones where there are none, and nobody has
     * allowed that.
     *
     * @throws IllegalArgumentException if it names none, or is not there
     */
    static DnsServerAddressStreamProvider named(Path file) {
        try {
            return new UnixResolverDnsServerAddressStreamProvider(file.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Begun when a name is looked up: most loads go to few names, and many to none. */
    private static final class Own {
        static final EventLoop LOOP = new MultiThreadIoEventLoopGroup(
                        1, new DefaultThreadFactory("vikhry-names", true), NioIoHandler.newFactory())
                .next();
    }

    /** In seconds, as the name servers say; empty where they do not know the name, are silent, or are not who is asked. Blocks. */
    @Override
    public OptionalLong of(String host) {
        if (!LINUX || host.equals("localhost") || host.endsWith(".localhost") || isInHostsFile(host)) {
            return OptionalLong.empty();
        }
        try {
            return ask(servers.get(), host);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return OptionalLong.empty();
        } catch (RuntimeException e) {
            LOG.debug("how long the address of {} holds could not be asked", host, e);
            return OptionalLong.empty();
        }
    }

    private static OptionalLong ask(DnsServerAddressStreamProvider servers, String host) throws InterruptedException {
        Shortest shortest = new Shortest();
        try (DnsNameResolver resolver = new DnsNameResolverBuilder(Own.LOOP)
                .datagramChannelType(NioDatagramChannel.class)
                .socketChannelType(NioSocketChannel.class)
                .nameServerProvider(servers)
                .hostsFileEntriesResolver((name, types) -> null)
                .resolveCache(shortest)
                .cnameCache(shortest)
                .queryTimeoutMillis(PATIENCE_MILLIS)
                .build()) {
            return resolver.resolveAll(host).await(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)
                    ? shortest.seconds()
                    : OptionalLong.empty();
        }
    }

    private static boolean isInHostsFile(String host) {
        try {
            HostsFileEntriesProvider hosts = HostsFileEntriesProvider.parser().parse();
            return hosts.ipv4Entries().containsKey(host) || hosts.ipv6Entries().containsKey(host);
        } catch (IOException e) {
            // There is none that can be read.
            return false;
        }
    }

    /** The shortest of the lives of a name's addresses, and of the names on the way to them; keeps nothing else. */
    private static final class Shortest implements DnsCache, DnsCnameCache {
        private static final long NONE = Long.MAX_VALUE;

        private final AtomicLong seconds = new AtomicLong(NONE);

        OptionalLong seconds() {
            long shortest = seconds.get();
            return shortest == NONE ? OptionalLong.empty() : OptionalLong.of(shortest);
        }

        private void lives(long ttl) {
            seconds.accumulateAndGet(Math.max(0, ttl), Math::min);
        }

        @Override
        public void cache(String host, String other, long ttl, EventLoop loop) {
            lives(ttl);
        }

        @Override
        public @Nullable String get(String host) {
            return null;
        }

        @Override
        public DnsCacheEntry cache(
                String host, DnsRecord @Nullable [] more, InetAddress address, long ttl, EventLoop loop) {
            lives(ttl);
            return NoopDnsCache.INSTANCE.cache(host, more, address, ttl, loop);
        }

        @Override
        public DnsCacheEntry cache(String host, DnsRecord @Nullable [] more, Throwable cause, EventLoop loop) {
            return NoopDnsCache.INSTANCE.cache(host, more, cause, loop);
        }

        @Override
        public List<? extends DnsCacheEntry> get(String host, DnsRecord @Nullable [] more) {
            return List.of();
        }

        @Override
        public void clear() {
            // It keeps nothing.
        }

        @Override
        public boolean clear(String host) {
            return false;
        }
    }
}
