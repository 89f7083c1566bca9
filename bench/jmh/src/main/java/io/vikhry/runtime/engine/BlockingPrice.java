package io.vikhry.runtime.engine;

import io.vikhry.runtime.engine.EngineOptions.Scheduler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.HdrHistogram.Histogram;
import org.h2.jdbcx.JdbcDataSource;
import org.h2.tools.Server;

/**
 * Prints what a user's blocking call costs the other users of its loop: how late a user that wants to wake every millisecond
 * wakes, while another makes the same call over and over, for so many seconds.
 */
final class BlockingPrice implements AutoCloseable {
    private static final long WARM_NANOS = 1_000_000_000L;
    private static final Object MONITOR = new Object();
    private static final ReentrantLock LOCK = new ReentrantLock();

    private final long nanos;
    private final Engine engine =
            Engine.start(EngineOptions.defaults().withLoops(1).withScheduler(Scheduler.LOOP));
    private final ExecutorService elsewhere = Executors.newFixedThreadPool(4);
    private final Server database =
            Server.createTcpServer("-tcpPort", "0", "-ifNotExists").start();
    private final Connection connection;
    private final ServerSocket echo = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final Path file = Files.createTempFile("vikhry", ".bin");

    private BlockingPrice(long nanos) throws Exception {
        this.nanos = nanos;
        JdbcDataSource source = new JdbcDataSource();
        source.setURL("jdbc:h2:tcp://127.0.0.1:" + database.getPort() + "/mem:price");
        source.setUser("sa");
        source.setPassword("");
        connection = source.getConnection();
        try (var statement = connection.createStatement()) {
            statement.execute("CREATE ALIAS SLEEP FOR 'java.lang.Thread.sleep(long)'");
        }
        Files.write(file, new byte[32 << 20]);
        Thread.ofPlatform().daemon().start(this::serve);
    }

    public static void main(String[] args) throws Exception {
        try (BlockingPrice price = new BlockingPrice(Long.parseLong(args[0]) * 1_000_000_000L)) {
            price.print();
        }
    }

    @Override
    public void close() throws Exception {
        engine.close();
        elsewhere.shutdownNow();
        connection.close();
        database.stop();
        echo.close();
        Files.delete(file);
    }

    private void print() throws Exception {
        price("nothing", () -> 0);
        price("Thread.sleep(10)", () -> sleep(10));
        price("synchronized with a sleep of 10 ms", () -> {
            synchronized (MONITOR) {
                return sleep(10);
            }
        });
        price("ReentrantLock with a sleep of 10 ms", () -> {
            LOCK.lock();
            try {
                return sleep(10);
            } finally {
                LOCK.unlock();
            }
        });
        price("4 child virtual threads that sleep 10 ms", () -> {
            try (ExecutorService children = Executors.newVirtualThreadPerTaskExecutor()) {
                for (int i = 0; i < 4; i++) {
                    children.submit(() -> sleep(10));
                }
            }
            return 0;
        });
        price("java.net.Socket, answer after 10 ms", this::ask);
        price("JDBC, a query of 10 ms", this::query);
        price("read a file of 32 MB", () -> Files.readAllBytes(file).length);
        price("read a file of 32 MB, in offload", () -> elsewhere
                .submit(() -> Files.readAllBytes(file).length)
                .get());
        price("InetAddress.getByName(\"localhost\")", () -> InetAddress.getByName("localhost")
                .getAddress()
                .length);
        price("compute for 10 ms", () -> compute(10));
        price(
                "compute for 10 ms, in offload",
                () -> elsewhere.submit(() -> compute(10)).get());
    }

    private void price(String name, Callable<?> call) throws Exception {
        Loop loop = engine.loops().getFirst();
        long from = System.nanoTime() + WARM_NANOS;
        long until = from + nanos;
        CompletableFuture<Histogram> took = new CompletableFuture<>();
        CompletableFuture<Histogram> late = new CompletableFuture<>();
        loop.start("other", () -> {
            Histogram micros = new Histogram(3);
            long now;
            while ((now = System.nanoTime()) < until) {
                long wanted = now + 1_000_000;
                LockSupport.parkNanos(1_000_000);
                if (now >= from) {
                    micros.recordValue(Math.max(0, System.nanoTime() - wanted) / 1_000);
                }
            }
            late.complete(micros);
        });
        loop.start("caller", () -> {
            Histogram micros = new Histogram(3);
            try {
                long begin;
                while ((begin = System.nanoTime()) < until) {
                    call.call();
                    if (begin >= from) {
                        micros.recordValue((System.nanoTime() - begin) / 1_000);
                    }
                    // Between two calls the others have their turn, as between two steps.
                    LockSupport.parkNanos(5_000_000);
                }
                took.complete(micros);
            } catch (Exception e) {
                took.completeExceptionally(e);
            }
        });
        Histogram calls = took.get();
        Histogram others = late.get();
        System.out.printf(
                Locale.ROOT,
                "blocking: %s: %d calls, %.2f ms each, late p50 %d us, p99 %d us, max %d us%n",
                name,
                calls.getTotalCount(),
                calls.getMean() / 1e3,
                others.getValueAtPercentile(50),
                others.getValueAtPercentile(99),
                others.getMaxValue());
    }

    private static int sleep(long millis) throws InterruptedException {
        Thread.sleep(millis);
        return 0;
    }

    private static long compute(long millis) {
        long until = System.nanoTime() + millis * 1_000_000;
        long x = 1;
        while (System.nanoTime() < until) {
            x = x * 31 + 7;
        }
        return x;
    }

    private boolean query() throws Exception {
        try (var call = connection.prepareStatement("CALL SLEEP(10)")) {
            return call.execute();
        }
    }

    private int ask() throws IOException {
        try (Socket socket = new Socket(echo.getInetAddress(), echo.getLocalPort())) {
            socket.getOutputStream().write(1);
            return socket.getInputStream().read();
        }
    }

    private void serve() {
        while (!echo.isClosed()) {
            try (Socket socket = echo.accept()) {
                int asked = socket.getInputStream().read();
                Thread.sleep(10);
                socket.getOutputStream().write(asked);
            } catch (IOException | InterruptedException e) {
                return;
            }
        }
    }
}
