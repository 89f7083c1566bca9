package io.vikhry.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.LongSupplier;

/**
 * A system under test that writes down what reaches it, in the order in which it does. A use of an item, {@code
 * /use/ITEM/LEASE/HOLDER}, names the number of the lease it is made under: once a later lease of the item was used, none before
 * may be, and each lease has one holder.
 */
final class UseLedger implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Use> uses = new ArrayList<>();
    private final Map<String, Long> counts = new HashMap<>();
    private final Map<String, LongSupplier> watched = new HashMap<>();
    private final Map<String, Long> seenAtFirst = new HashMap<>();
    private String once = "";
    private String shut = "";

    private record Use(String item, long lease, String holder) {}

    UseLedger() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 256);
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            try (exchange) {
                exchange.sendResponseHeaders(note(exchange.getRequestURI().getPath()), -1);
            }
        });
        server.start();
    }

    private synchronized int note(String path) {
        LongSupplier watch = watched.get(path);
        if (watch != null) {
            seenAtFirst.putIfAbsent(path, watch.getAsLong());
        }
        counts.merge(path, 1L, Long::sum);
        String[] parts = path.split("/");
        if (parts.length == 5 && parts[1].equals("use")) {
            uses.add(new Use(parts[2], Long.parseLong(parts[3]), parts[4]));
        }
        return path.equals(shut) || path.equals(once) && counts.get(path) > 1 ? 410 : 200;
    }

    /** From the second time on, {@code path} is answered with 410. */
    synchronized void answerOnce(String path) {
        once = path;
    }

    /** From now on {@code path} is answered with 410; with an empty one none is. */
    synchronized void shut(String path) {
        shut = path;
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    synchronized long at(String path) {
        return counts.getOrDefault(path, 0L);
    }

    synchronized int uses() {
        return uses.size();
    }

    synchronized Map<String, Long> paths(String prefix) {
        Map<String, Long> found = new TreeMap<>();
        counts.forEach((path, count) -> {
            if (path.startsWith(prefix)) {
                found.put(path, count);
            }
        });
        return found;
    }

    /** What {@code value} was when {@code path} was asked for first. */
    synchronized void watch(String path, LongSupplier value) {
        watched.put(path, value);
    }

    synchronized long seenAtFirst(String path) {
        return seenAtFirst.getOrDefault(path, -1L);
    }

    /** Checks the ledger; returns how many leases were used. */
    synchronized int expectOneHolderAtATime() {
        Map<String, Long> newest = new HashMap<>();
        Map<String, String> holders = new HashMap<>();
        for (int i = 0; i < uses.size(); i++) {
            Use use = uses.get(i);
            Long before = newest.put(use.item, use.lease);
            assertThat(use.lease)
                    .as("use %d, %s, after a use under lease %s", i, use, before)
                    .isGreaterThanOrEqualTo(before == null ? 0 : before);
            String holder = holders.putIfAbsent(use.item + "/" + use.lease, use.holder);
            assertThat(holder == null ? use.holder : holder)
                    .as("the one holder of lease %d", use.lease)
                    .isEqualTo(use.holder);
        }
        return holders.size();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
