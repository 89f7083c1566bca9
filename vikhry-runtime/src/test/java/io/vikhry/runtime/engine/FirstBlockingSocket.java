package io.vikhry.runtime.engine;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A program whose first blocking socket is a VU's, whose loop is then kept busy; ends with 0 if other users' sockets work on. */
final class FirstBlockingSocket {
    private FirstBlockingSocket() {}

    public static void main(String[] args) throws Exception {
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                Engine engine = Engine.start(EngineOptions.defaults().withLoops(2))) {
            Thread.ofPlatform().daemon().start(() -> slowEcho(server));
            CompletableFuture<Integer> first = new CompletableFuture<>();
            engine.loops().get(0).start("first", () -> first.complete(echoes(server, 3)));
            first.get(10, TimeUnit.SECONDS);
            CountDownLatch hogging = new CountDownLatch(1);
            engine.loops().get(0).start("hog", () -> {
                hogging.countDown();
                while (true) {
                    Thread.onSpinWait();
                }
            });
            hogging.await();
            CompletableFuture<Integer> second = new CompletableFuture<>();
            engine.loops().get(1).start("second", () -> second.complete(echoes(server, 20)));
            Runtime.getRuntime().halt(second.get(5, TimeUnit.SECONDS) == 20 ? 0 : 1);
        } catch (Throwable e) {
            e.printStackTrace();
            Runtime.getRuntime().halt(2);
        }
    }

    /** So slow that the reader must wait for the JDK's poller. */
    private static void slowEcho(ServerSocket server) {
        while (!server.isClosed()) {
            try (Socket socket = server.accept()) {
                int value;
                while ((value = socket.getInputStream().read()) >= 0) {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
                    socket.getOutputStream().write(value);
                }
            } catch (IOException e) {
                return;
            }
        }
    }

    private static int echoes(ServerSocket server, int count) {
        int right = 0;
        try (Socket socket = new Socket(server.getInetAddress(), server.getLocalPort())) {
            for (int i = 0; i < count; i++) {
                socket.getOutputStream().write(i);
                right += socket.getInputStream().read() == i ? 1 : 0;
            }
        } catch (IOException e) {
            return -1;
        }
        return right;
    }
}
