package io.vikhry.cli.demo;

import io.javalin.Javalin;
import io.javalin.http.Context;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;

/**
 * A small shop API with the latencies and the rare errors of a real one, which counts what it is asked:
 * {@code POST /auth}, {@code GET /catalog}, {@code POST /cart}, {@code POST /orders}; {@code GET /_stats} tells the counts and is
 * not counted.
 */
public final class Shop implements AutoCloseable {
    private static final int ITEMS = 40;
    private static final double ORDER_FAILURES = 0.003;

    private final Javalin server;
    private final Mood mood;
    private final LongAdder total = new LongAdder();
    private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();
    private final AtomicLong nextOrder = new AtomicLong(1);

    private Shop(int port, long seed) {
        mood = new Mood(seed);
        server = Javalin.create(config -> {
            config.startup.showJavalinBanner = false;
            config.concurrency.useVirtualThreads = true;
            config.routes.post("/auth", this::auth);
            config.routes.get("/catalog", this::catalog);
            config.routes.post("/cart", this::cart);
            config.routes.post("/orders", this::order);
            config.routes.get("/_stats", this::stats);
            config.routes.after(this::count);
        });
        server.start("127.0.0.1", port);
    }

    /** Opens the shop on 127.0.0.1; {@code port} 0 takes a free one. The seed fixes its latencies and errors. */
    public static Shop start(int port, long seed) {
        return new Shop(port, seed);
    }

    /** Where it answers. */
    public String url() {
        return "http://127.0.0.1:" + server.port();
    }

    /** Requests seen so far. */
    public long total() {
        return total.sum();
    }

    private void auth(Context request) {
        mood.take();
        request.json(Map.of("token", "t-" + request.bodyAsClass(Login.class).username()));
    }

    private void catalog(Context request) {
        mood.take();
        request.json(Catalog.ALL);
    }

    private void cart(Context request) {
        mood.take();
        if (authorised(request)) {
            request.json(Map.of("items", 1));
        }
    }

    private void order(Context request) {
        mood.take();
        if (!authorised(request)) {
            return;
        }
        if (mood.fails(ORDER_FAILURES)) {
            request.status(503).json(Map.of("error", "the warehouse does not answer"));
        } else {
            request.status(201).json(Map.of("order", nextOrder.getAndIncrement()));
        }
    }

    private static boolean authorised(Context request) {
        String token = request.header("Authorization");
        if (token != null && token.startsWith("Bearer t-")) {
            return true;
        }
        request.status(401).json(Map.of("error", "log in first"));
        return false;
    }

    private void stats(Context request) {
        Map<String, Long> series = new TreeMap<>();
        counts.forEach((name, count) -> series.put(name, count.sum()));
        request.json(Map.of("total", total.sum(), "series", series));
    }

    private void count(Context request) {
        if (!request.path().equals("/_stats")) {
            total.increment();
            String name = request.method() + " " + request.path() + " " + request.statusCode();
            counts.computeIfAbsent(name, n -> new LongAdder()).increment();
        }
    }

    @Override
    public void close() {
        server.stop();
    }

    /** The body of {@code POST /auth}. */
    record Login(String username, String password) {}

    /** One thing that is sold. */
    record Item(int id, String name, double price) {}

    /** All that is sold. */
    record Catalog(List<Item> items) {
        static final Catalog ALL = new Catalog(IntStream.rangeClosed(1, ITEMS)
                .mapToObj(i -> new Item(i, "item " + i, i * 2.5))
                .toList());
    }
}
