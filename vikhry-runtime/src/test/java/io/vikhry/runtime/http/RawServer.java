package io.vikhry.runtime.http;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A server that does to each connection exactly what a test says, byte by byte; it also remembers what it was sent. */
final class RawServer implements AutoCloseable {
    /** One connection's behaviour. */
    @FunctionalInterface
    interface Script {
        void run(Peer peer) throws Exception;
    }

    /** A request as it came. */
    record Received(String method, String target, Map<String, String> headers, byte[] body) {
        String header(String name) {
            return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
        }
    }

    private final ServerSocket listener;
    private final String scheme;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    final AtomicInteger accepted = new AtomicInteger();
    final List<Received> requests = new CopyOnWriteArrayList<>();

    private RawServer(ServerSocket listener, String scheme, Script script) {
        this.listener = listener;
        this.scheme = scheme;
        Thread.ofPlatform().daemon().name("raw-server").start(() -> accept(script));
    }

    static RawServer start(Script script) throws IOException {
        return new RawServer(new ServerSocket(0, 500, InetAddress.getByName("127.0.0.1")), "http", script);
    }

    static RawServer start(ServerSocket tls, Script script) {
        return new RawServer(tls, "https", script);
    }

    /** Answers every request with the same bytes, for as long as the connection lasts. */
    static Script always(String response) {
        return peer -> {
            while (peer.request() != null) {
                peer.send(response);
            }
        };
    }

    static String ok(String body) {
        return "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
    }

    int port() {
        return listener.getLocalPort();
    }

    URI url() {
        return url("127.0.0.1");
    }

    URI url(String host) {
        return URI.create(scheme + "://" + host + ":" + port());
    }

    /** Connections that neither side has closed. */
    int openConnections() {
        return open.size();
    }

    private void accept(Script script) {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                socket.setTcpNoDelay(true);
                accepted.incrementAndGet();
                open.add(socket);
                Thread.ofPlatform().daemon().name("raw-peer").start(() -> serve(socket, script));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket socket, Script script) {
        try (socket) {
            script.run(new Peer(socket));
        } catch (Exception e) {
            // The client went away, as many tests intend; what matters is what the client says about it.
        } finally {
            open.remove(socket);
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : open) {
            socket.close();
        }
    }

    /** The other end of a connection. */
    final class Peer {
        final Socket socket;
        private final InputStream in;
        private final OutputStream out;

        Peer(Socket socket) throws IOException {
            this.socket = socket;
            this.in = new BufferedInputStream(socket.getInputStream());
            this.out = socket.getOutputStream();
        }

        /** The next request, or null at the end of the connection. */
        Received request() throws IOException {
            Received head = head();
            if (head == null) {
                return null;
            }
            Received received = new Received(head.method(), head.target(), head.headers(), body(head));
            requests.set(requests.indexOf(head), received);
            return received;
        }

        /** The head of the next request, or null. */
        Received head() throws IOException {
            String line = line();
            if (line == null) {
                return null;
            }
            String[] parts = line.split(" ");
            Map<String, String> headers = new TreeMap<>();
            for (String h = line(); h != null && !h.isEmpty(); h = line()) {
                String[] header = h.split(": ?", 2);
                headers.merge(header[0].toLowerCase(Locale.ROOT), header[1], (a, b) -> a + " AND " + b);
            }
            Received head = new Received(parts[0], parts[1], headers, new byte[0]);
            requests.add(head);
            return head;
        }

        /** The body of the request whose head came last. */
        byte[] body(Received head) throws IOException {
            return head.header("transfer-encoding").equals("chunked")
                    ? chunks()
                    : in.readNBytes(Integer.parseInt(head.headers().getOrDefault("content-length", "0")));
        }

        private byte[] chunks() throws IOException {
            ByteArrayOutputStream whole = new ByteArrayOutputStream();
            for (int n = Integer.parseInt(line(), 16); n > 0; n = Integer.parseInt(line(), 16)) {
                whole.write(in.readNBytes(n));
                line();
            }
            line();
            return whole.toByteArray();
        }

        void send(String latin) throws IOException {
            send(latin.getBytes(StandardCharsets.ISO_8859_1));
        }

        void send(byte[] bytes) throws IOException {
            out.write(bytes);
            out.flush();
        }

        /** Passes on what comes, from now on, beside whatever else happens. */
        void passOn(OutputStream to) {
            Thread.ofPlatform().daemon().name("raw-pass").start(() -> {
                try {
                    in.transferTo(to);
                } catch (IOException e) {
                    // The connection is over, which is all there is to say.
                }
            });
        }

        /** Passes on what comes, both ways, until one side has ended. */
        void join(int port) throws IOException {
            try (Socket other = new Socket(InetAddress.getLoopbackAddress(), port)) {
                Thread.ofPlatform().daemon().name("raw-join").start(() -> {
                    try (socket) {
                        other.getInputStream().transferTo(out);
                    } catch (IOException e) {
                        // The connection is over, which is all there is to say.
                    }
                });
                in.transferTo(other.getOutputStream());
            }
        }

        /** The next {@code n} bytes. */
        byte[] take(int n) throws IOException {
            byte[] bytes = in.readNBytes(n);
            if (bytes.length < n) {
                throw new EOFException();
            }
            return bytes;
        }

        /** Whether nothing comes for so long. */
        boolean isSilentFor(int millis) throws IOException {
            socket.setSoTimeout(millis);
            try {
                in.mark(1);
                in.read();
                in.reset();
                return false;
            } catch (SocketTimeoutException e) {
                return true;
            } finally {
                socket.setSoTimeout(0);
            }
        }

        /** Takes whatever still comes, until the client closes. */
        void drain() throws IOException {
            in.transferTo(OutputStream.nullOutputStream());
        }

        /** Closes with a reset instead of an orderly end. */
        void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }

        /** Blocks until the client closes; fails if it sends more. */
        void awaitClose() throws IOException {
            if (in.read() >= 0) {
                throw new IOException("the client sent more");
            }
        }

        private String line() throws IOException {
            StringBuilder line = new StringBuilder();
            for (int c = in.read(); c != '\n'; c = in.read()) {
                if (c < 0) {
                    if (line.isEmpty()) {
                        return null;
                    }
                    throw new EOFException();
                }
                if (c != '\r') {
                    line.append((char) c);
                }
            }
            return line.toString();
        }
    }
}
