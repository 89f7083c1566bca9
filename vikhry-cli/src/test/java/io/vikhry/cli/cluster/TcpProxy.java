package io.vikhry.cli.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;

/**
 * A network between a client and a server on this machine that can break: cut (connections are reset and refused), stalled
 * (bytes are accepted and go nowhere, as behind a router that died) or slow.
 */
public final class TcpProxy implements AutoCloseable {
    private final ServerSocket listening;
    private final int targetPort;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile boolean cut;
    private volatile long delayNanos;
    private volatile CountDownLatch stalled = new CountDownLatch(0);

    private TcpProxy(ServerSocket listening, int targetPort) {
        this.listening = listening;
        this.targetPort = targetPort;
    }

    /** A proxy to a port of 127.0.0.1. */
    public static TcpProxy to(int targetPort) throws IOException {
        TcpProxy proxy = new TcpProxy(new ServerSocket(0, 64, InetAddress.getLoopbackAddress()), targetPort);
        Thread.ofVirtual().start(proxy::accept);
        return proxy;
    }

    /** Where it listens. */
    public int port() {
        return listening.getLocalPort();
    }

    /** Resets what is open and refuses what comes. */
    public void cut() {
        cut = true;
        open.forEach(TcpProxy::reset);
    }

    /** Forwards nothing more, and says nothing of it. */
    public void stall() {
        stalled = new CountDownLatch(1);
    }

    /** From now on whatever is sent comes so much later, each way. */
    public void slow(Duration delay) {
        delayNanos = delay.toNanos();
    }

    /** As good as new. */
    public void mend() {
        cut = false;
        delayNanos = 0;
        stalled.countDown();
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket client = listening.accept();
                if (cut) {
                    reset(client);
                } else {
                    Thread.ofVirtual().start(() -> join(client));
                }
            } catch (IOException e) {
                // Closed, or the client went away at once.
            }
        }
    }

    private void join(Socket client) {
        Socket server = new Socket();
        open.add(client);
        open.add(server);
        try {
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), targetPort), 2_000);
            Thread.ofVirtual().start(() -> pump(client, server));
            pump(server, client);
        } catch (IOException e) {
            reset(client);
        } finally {
            open.remove(client);
            open.remove(server);
        }
    }

    private void pump(Socket from, Socket to) {
        byte[] buffer = new byte[16_384];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                stalled.await();
                LockSupport.parkNanos(delayNanos);
                out.write(buffer, 0, n);
                out.flush();
            }
        } catch (IOException e) {
            // One side is gone; so is the other, below.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            reset(from);
            reset(to);
        }
    }

    private static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
        } catch (SocketException e) {
            // Closed already.
        }
        try {
            socket.close();
        } catch (IOException e) {
            // Closed already.
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
        stalled.countDown();
        open.forEach(TcpProxy::reset);
    }
}
