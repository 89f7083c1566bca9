package io.vikhry.runtime.engine;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * How many of this machine's ports connections hold. A port serves one connection between two addresses, so what runs out are the
 * ports to the server that has most. Any thread may call.
 */
public final class PortUse {
    private static final Path RANGE = Path.of("/proc/sys/net/ipv4/ip_local_port_range");

    /** Ports that the system gives to connections; 0 where it does not say. */
    private static final int PORTS = ports();

    /** From one address of ours, or the one that the system chooses, to one of a server. */
    private record Way(@Nullable InetAddress from, InetSocketAddress to) {}

    private final ConcurrentHashMap<Way, AtomicInteger> held = new ConcurrentHashMap<>();

    /** Counts one connection; who closes it lowers what this returns by one. */
    public AtomicInteger hold(@Nullable InetAddress from, InetSocketAddress to) {
        AtomicInteger count = held.computeIfAbsent(new Way(from, to), way -> new AtomicInteger());
        count.incrementAndGet();
        return count;
    }

    /** The most that are held on one way. */
    public int most() {
        return held.values().stream().mapToInt(AtomicInteger::get).max().orElse(0);
    }

    /** {@link #most} as a share of those there are, 0 to 1; 0 where that cannot be told. */
    double share() {
        return PORTS == 0 ? 0 : (double) most() / PORTS;
    }

    private static int ports() {
        try {
            // In one read: the system gives such a file in one piece, and then its end.
            String[] range = Files.readAllLines(RANGE).getFirst().strip().split("\\s+");
            return range.length < 2 ? 0 : Integer.parseInt(range[1]) - Integer.parseInt(range[0]) + 1;
        } catch (IOException | NumberFormatException e) {
            // No Linux.
            return 0;
        }
    }
}
