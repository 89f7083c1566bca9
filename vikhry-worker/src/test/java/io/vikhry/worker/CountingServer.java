package io.vikhry.worker;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/** A system under test that counts what reaches it, in all and by path. */
final class CountingServer implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicLong total = new AtomicLong();
    private volatile long lastNanos;
    private final Map<String, AtomicLong> byPath = new ConcurrentHashMap<>();

    CountingServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 256);
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            total.incrementAndGet();
            lastNanos = System.nanoTime();
            byPath.computeIfAbsent(exchange.getRequestURI().getPath(), path -> new AtomicLong())
                    .incrementAndGet();
            byte[] body = "ok".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    long total() {
        return total.get();
    }

    /** When the newest request came, by {@link System#nanoTime}. */
    long lastNanos() {
        return lastNanos;
    }

    long at(String path) {
        AtomicLong count = byPath.get(path);
        return count == null ? 0 : count.get();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
