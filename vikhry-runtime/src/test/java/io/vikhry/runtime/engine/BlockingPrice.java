package io.vikhry.runtime.engine;

import io.vikhry.runtime.engine.EngineOptions.Scheduler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.HdrHistogram.Histogram;
import org.h2.jdbcx.JdbcDataSource;
import org.h2.tools.Server;
import org.junit.jupiter.api.Test;

/**
 * Prints what a user's blocking call costs the other users of its loop: how late a user that wants to wake every millisecond
 * wakes, while another makes the same call over and over. Not one of the tests; docs/scenarios.md has its figures and says how
 * to run it.
 */
class BlockingPrice {
    private static final long NANOS = 2_000_000_000L;
    private static final Object MONITOR = new Object();
    private static final ReentrantLock LOCK = new ReentrantLock();

    @Test
    void print() throws Exception {
        Server database =
                Server.createTcpServer("-tcpPort", "0", "-ifNotExists").start();
        JdbcDataSource source = new JdbcDataSource();
        source.setURL("jdbc:h2:tcp://127.0.0.1:" + database.getPort() + "/mem:price");
        source.setUser("sa");
        source.setPassword("");
        Path file = Files.createTempFile("vikhry", ".bin");
        Files.write(file, new byte[32 << 20]);
        ServerSocket echo = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofPlatform().daemon().start(() -> serve(echo));
        try (Engine engine = Engine.start(EngineOptions.defaults().withLoops(1).withScheduler(Scheduler.LOOP));
                ExecutorService elsewhere = Executors.newFixedThreadPool(4);
                Connection connection = source.getConnection()) {
            connection.createStatement().execute("CREATE ALIAS SLEEP FOR 'java.lang.Thread.sleep(long)'");
            for (int round = 0; round < 2; round++) {
                System.out.println(
                        round == 0
                                ? "warming up"
                                : "call                                   calls   ms a call   wake-up late p50 / p99 / max ms");
                price(engine, "nothing", () -> 0, round);
                price(engine, "Thread.sleep(10)", () -> sleep(10), round);
                price(
                        engine,
                        "synchronized + sleep(10)",
                        () -> {
                            synchronized (MONITOR) {
                                return sleep(10);
                            }
                        },
                        round);
                price(
                        engine,
                        "ReentrantLock + sleep(10)",
                        () -> {
                            LOCK.lock();
                            try {
                                return sleep(10);
                            } finally {
                                LOCK.unlock();
                            }
                        },
                        round);
                price(
                        engine,
                        "4 child virtual threads, sleep(10)",
                        () -> {
                            try (ExecutorService children = Executors.newVirtualThreadPerTaskExecutor()) {
                                for (int i = 0; i < 4; i++) {
                                    children.submit(() -> sleep(10));
                                }
                            }
                            return 0;
                        },
                        round);
                price(engine, "java.net.Socket, answer after 10 ms", () -> ask(echo), round);
                price(
                        engine,
                        "JDBC, a query of 10 ms",
                        () -> {
                            try (var call = connection.prepareStatement("CALL SLEEP(10)")) {
                                return call.execute();
                            }
                        },
                        round);
                price(engine, "read a file of 32 MB", () -> Files.readAllBytes(file).length, round);
                price(
                        engine,
                        "the same in offload",
                        () -> elsewhere
                                .submit(() -> Files.readAllBytes(file).length)
                                .get(),
                        round);
                price(engine, "InetAddress.getByName(\"localhost\")", BlockingPrice::resolve, round);
                price(engine, "compute for 10 ms", () -> compute(10), round);
                price(
                        engine,
                        "the same in offload",
                        () -> elsewhere.submit(() -> compute(10)).get(),
                        round);
            }
        } finally {
            Files.delete(file);
            echo.close();
            database.stop();
        }
    }

    private static void price(Engine engine, String name, Callable<?> call, int round) throws Exception {
        Loop loop = engine.loops().getFirst();
        long until = System.nanoTime() + NANOS;
        CompletableFuture<Integer> calls = new CompletableFuture<>();
        CompletableFuture<Histogram> late = new CompletableFuture<>();
        loop.start("other", () -> {
            Histogram micros = new Histogram(3);
            while (System.nanoTime() < until) {
                long wanted = System.nanoTime() + 1_000_000;
                LockSupport.parkNanos(1_000_000);
                micros.recordValue(Math.max(0, System.nanoTime() - wanted) / 1_000);
            }
            late.complete(micros);
        });
        loop.start("caller", () -> {
            int n = 0;
            try {
                while (System.nanoTime() < until) {
                    call.call();
                    n++;
                    // Between two calls the others have their turn, as between two steps.
                    LockSupport.parkNanos(5_000_000);
                }
                calls.complete(n);
            } catch (Exception e) {
                calls.completeExceptionally(e);
            }
        });
        Histogram micros = late.get();
        int n = calls.get();
        if (round > 0) {
            System.out.printf(
                    "%-38s %6d   %9.2f   %.2f / %.2f / %.2f%n",
                    name,
                    n,
                    NANOS / 1e6 / n - 5,
                    micros.getValueAtPercentile(50) / 1e3,
                    micros.getValueAtPercentile(99) / 1e3,
                    micros.getMaxValue() / 1e3);
        }
    }

    private static int sleep(long millis) throws InterruptedException {
        Thread.sleep(millis);
        return 0;
    }

    private static int resolve() {
        try {
            return InetAddress.getByName("localhost").getAddress().length;
        } catch (IOException e) {
            return 0;
        }
    }

    private static long compute(long millis) {
        long until = System.nanoTime() + millis * 1_000_000;
        long x = 1;
        while (System.nanoTime() < until) {
            x = x * 31 + 7;
        }
        return x;
    }

    private static int ask(ServerSocket server) throws IOException {
        try (Socket socket = new Socket(server.getInetAddress(), server.getLocalPort())) {
            socket.getOutputStream().write(1);
            return socket.getInputStream().read();
        }
    }

    private static void serve(ServerSocket server) {
        while (!server.isClosed()) {
            try (Socket socket = server.accept()) {
                int asked = socket.getInputStream().read();
                Thread.sleep(10);
                socket.getOutputStream().write(asked);
            } catch (IOException | InterruptedException e) {
                return;
            }
        }
    }
}
