package io.vikhry.worker;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.concurrent.atomic.AtomicInteger;

/** A way to Redis on which every question arrives, and answers are lost as long as that is asked for: the connection ends instead. */
final class LostAnswers implements AutoCloseable {
    private final ServerSocket door;
    private final URI redis;
    private final AtomicInteger lost = new AtomicInteger();
    private volatile boolean losing;

    LostAnswers(String redisUrl) throws IOException {
        this.redis = URI.create(redisUrl);
        this.door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.startVirtualThread(this::serve);
    }

    /** The URL of Redis on this way. */
    String url() {
        String user = redis.getUserInfo() == null ? "" : redis.getUserInfo() + "@";
        return redis.getScheme() + "://" + user + "127.0.0.1:" + door.getLocalPort();
    }

    /** Whether answers are lost from now on. */
    void lose(boolean answers) {
        losing = answers;
    }

    /** How many were lost. */
    int lost() {
        return lost.get();
    }

    private void serve() {
        while (!door.isClosed()) {
            try {
                Socket client = door.accept();
                Socket server = new Socket(redis.getHost(), redis.getPort());
                Thread.startVirtualThread(() -> pass(client, server, false));
                Thread.startVirtualThread(() -> pass(server, client, true));
            } catch (IOException e) {
                return; // It was closed.
            }
        }
    }

    private void pass(Socket from, Socket to, boolean answers) {
        byte[] bytes = new byte[8192];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
                if (answers && losing) {
                    lost.incrementAndGet();
                    return;
                }
                to.getOutputStream().write(bytes, 0, count);
            }
        } catch (IOException e) {
            // One of the two has ended the connection.
        }
    }

    @Override
    public void close() throws IOException {
        door.close();
    }
}
