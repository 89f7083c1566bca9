package io.vikhry.runtime.vu;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A server that mostly answers: one answer in ten is an error, one in twenty the last of its connection, one in fifty is cut off,
 * and what is asked of {@code /late} comes late.
 */
final class FickleServer implements AutoCloseable {
    private static final byte[] OK = answer("200 OK", "");
    private static final byte[] BAD = answer("500 Broken", "");
    private static final byte[] LAST = answer("200 OK", "Connection: close\r\n");
    private static final int LATE_MILLIS = 100;

    private final ServerSocket listener;
    private final AtomicLong requests = new AtomicLong();
    private final AtomicInteger open = new AtomicInteger();

    private FickleServer(ServerSocket listener) {
        this.listener = listener;
        Thread.ofPlatform().daemon().name("fickle-server").start(this::accept);
    }

    static FickleServer start() throws IOException {
        return new FickleServer(new ServerSocket(0, 1_000, InetAddress.getLoopbackAddress()));
    }

    /** A port on which nobody listens. */
    static int closedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    String url() {
        return "http://127.0.0.1:" + listener.getLocalPort();
    }

    /** Requests so far. */
    long requests() {
        return requests.get();
    }

    /** Connections that are open. */
    int open() {
        return open.get();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                open.incrementAndGet();
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException e) {
                // Closed, which ends the loop, or one connection that did not come about.
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream(), 512);
            OutputStream out = socket.getOutputStream();
            for (String head = head(in); !head.isEmpty(); head = head(in)) {
                long number = requests.incrementAndGet();
                if (head.startsWith("GET /late")) {
                    Thread.sleep(LATE_MILLIS);
                }
                if (number % 50 == 0) {
                    out.write(OK, 0, 20);
                    return;
                }
                out.write(number % 20 == 0 ? LAST : number % 10 == 0 ? BAD : OK);
                if (number % 20 == 0) {
                    return;
                }
            }
        } catch (IOException e) {
            // The client went first, as it may.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            open.decrementAndGet();
        }
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        for (int c = in.read(); c >= 0; c = in.read()) {
            head.append((char) c);
            if (c == '\n' && head.length() > 3 && head.charAt(head.length() - 3) == '\n') {
                return head.toString();
            }
        }
        return "";
    }

    private static byte[] answer(String status, String headers) {
        return ("HTTP/1.1 " + status + "\r\n" + headers + "Content-Length: 2\r\n\r\nok")
                .getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
