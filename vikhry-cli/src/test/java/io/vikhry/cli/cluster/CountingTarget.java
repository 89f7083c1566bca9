package io.vikhry.cli.cluster;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A system under test that writes down who asked: each request of {@code MarkedVU} and {@code AuditedVU} carries the user's
 * number, the life it leads (a number of its own for each time the user was started), the process it lives in and, where an
 * item of a pool is used, the lease of it.
 *
 * <p>From that it tells, from the outside, whether one user was ever in two places, and whether one item ever had two holders:
 * once a newer life or lease was seen, an older one must not be heard of again.
 */
public final class CountingTarget implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Seen> seen = new ArrayList<>();
    private final OneAtATime users = new OneAtATime("VU");
    private final OneAtATime items = new OneAtATime("item");
    private volatile int answer = 200;

    /**
     * A request.
     *
     * @param nanos when it came, by {@link System#nanoTime}
     * @param vu the user's number, or -1
     * @param life which life of the user
     * @param place the process
     * @param path what was asked for
     */
    public record Seen(long nanos, int vu, String life, String place, String path) {}

    /** Starts one. */
    public static CountingTarget start() throws IOException {
        return new CountingTarget();
    }

    private CountingTarget() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            note(exchange.getRequestHeaders(), exchange.getRequestURI().getPath());
            byte[] body = "ok".getBytes(StandardCharsets.US_ASCII);
            exchange.sendResponseHeaders(answer, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }

    private synchronized void note(Headers headers, String path) {
        String number = headers.getFirst("X-VU");
        String life = String.valueOf(headers.getFirst("X-Life"));
        String place = String.valueOf(headers.getFirst("X-Place"));
        int vu = number == null ? -1 : Integer.parseInt(number);
        seen.add(new Seen(System.nanoTime(), vu, life, place, path));
        if (vu < 0) {
            return;
        }
        users.heard(String.valueOf(vu), life, place);
        String item = headers.getFirst("X-Item");
        if (item != null) {
            items.heard(item, String.valueOf(headers.getFirst("X-Lease")), place);
        }
    }

    /** Where it answers. */
    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** What it answers from now on. */
    public void answer(int status) {
        answer = status;
    }

    /** Requests so far. */
    public synchronized long total() {
        return seen.size();
    }

    /** Each time a user was in two places or an item had two holders, in words; empty if that never was. */
    public synchronized List<String> faults() {
        return Stream.concat(users.faults().stream(), items.faults().stream()).toList();
    }

    /** All requests so far, in the order in which they came. */
    public synchronized List<Seen> all() {
        return List.copyOf(seen);
    }

    /** Requests since an instant of {@link System#nanoTime}. */
    public synchronized List<Seen> since(long nanos) {
        int from = seen.size();
        while (from > 0 && seen.get(from - 1).nanos - nanos >= 0) {
            from--;
        }
        return List.copyOf(seen.subList(from, seen.size()));
    }

    /** Users heard since an instant of {@link System#nanoTime}. */
    public Set<Integer> usersSince(long nanos) {
        return since(nanos).stream().map(Seen::vu).filter(vu -> vu >= 0).collect(Collectors.toSet());
    }

    /** How many users were heard from each process since an instant of {@link System#nanoTime}. */
    public Map<String, Long> usersByPlaceSince(long nanos) {
        return since(nanos).stream()
                .filter(s -> s.vu >= 0)
                .collect(Collectors.groupingBy(
                        Seen::place,
                        Collectors.collectingAndThen(
                                Collectors.mapping(Seen::vu, Collectors.toSet()), users -> (long) users.size())));
    }

    /** The highest user number ever heard, or -1. */
    public synchronized int highestUser() {
        return seen.stream().mapToInt(Seen::vu).max().orElse(-1);
    }

    /** The longest time in ms without any request between two instants of {@link System#nanoTime}. */
    public long longestSilenceMillis(long fromNanos, long toNanos) {
        long last = fromNanos;
        long longest = 0;
        for (Seen each : since(fromNanos)) {
            long at = each.nanos - toNanos > 0 ? toNanos : each.nanos;
            longest = Math.max(longest, at - last);
            last = at;
        }
        return Math.max(longest, toNanos - last) / 1_000_000;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
