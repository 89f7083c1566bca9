package io.vikhry.runtime.vu;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;

/**
 * A server that reads at once, answers nothing during a freeze, and then everything in order. It keeps when each request was
 * read and answered, by {@link System#nanoTime}, which the users in the same JVM share. One thread, one request a time on a
 * connection; the freezes begin at fixed times after {@link #t0}.
 */
final class FreezingTarget implements AutoCloseable {
    private static final byte[] ANSWER =
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".getBytes(StandardCharsets.US_ASCII);

    private final Selector selector = Selector.open();
    private final ServerSocketChannel listener = ServerSocketChannel.open();
    private final ArrayDeque<Held> held = new ArrayDeque<>();
    private final List<Served> served = new ArrayList<>();
    private final Thread thread;
    private final long firstNanos;
    private final long everyNanos;
    private final long forNanos;
    private volatile long t0Nanos = Long.MAX_VALUE;
    private volatile boolean closed;

    /** A request of user {@code vu}, as its path says ({@code GET /17}), when it was read, and when the answer was about to be written. */
    record Served(int vu, long readNanos, long answeredNanos) {}

    private record Held(SocketChannel channel, int vu, long readNanos) {}

    FreezingTarget(long firstNanos, long everyNanos, long forNanos) throws IOException {
        this.firstNanos = firstNanos;
        this.everyNanos = everyNanos;
        this.forNanos = forNanos;
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 4096);
        listener.configureBlocking(false);
        listener.register(selector, SelectionKey.OP_ACCEPT);
        thread = Thread.ofPlatform().daemon().name("freezing-target").start(this::serve);
    }

    int port() {
        return listener.socket().getLocalPort();
    }

    /** Freezes count from here. */
    void begin(long nanos) {
        t0Nanos = nanos;
    }

    /** When the freeze in which {@code nanos} lies ends, or {@code nanos}. */
    long thawAfter(long nanos) {
        long since = nanos - t0Nanos - firstNanos;
        if (t0Nanos == Long.MAX_VALUE || since < 0 || since % everyNanos >= forNanos) {
            return nanos;
        }
        return nanos - since % everyNanos + forNanos;
    }

    private void serve() {
        ByteBuffer in = ByteBuffer.allocate(8192);
        try {
            while (!closed) {
                long now = System.nanoTime();
                long thaw = thawAfter(now);
                if (thaw == now) {
                    answerHeld();
                    selector.select(held.isEmpty() ? 20 : 1);
                } else {
                    // Ends a little early and looks again: a freeze must not last longer than it should.
                    long left = thaw - now;
                    if (left > 1_200_000) {
                        selector.select((left - 200_000) / 1_000_000);
                    } else {
                        selector.selectNow();
                    }
                }
                Iterator<SelectionKey> keys = selector.selectedKeys().iterator();
                while (keys.hasNext()) {
                    SelectionKey key = keys.next();
                    keys.remove();
                    if (key.isAcceptable()) {
                        accept();
                    } else {
                        read(key, in);
                    }
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void accept() throws IOException {
        SocketChannel channel = listener.accept();
        while (channel != null) {
            channel.configureBlocking(false);
            channel.setOption(java.net.StandardSocketOptions.TCP_NODELAY, true);
            channel.register(selector, SelectionKey.OP_READ);
            channel = listener.accept();
        }
    }

    private void read(SelectionKey key, ByteBuffer in) {
        SocketChannel channel = (SocketChannel) key.channel();
        in.clear();
        try {
            if (channel.read(in) < 0) {
                channel.close();
                return;
            }
        } catch (IOException e) {
            key.cancel();
            return;
        }
        long now = System.nanoTime();
        int vu = 0;
        for (int i = 5; i < in.position() && Character.isDigit(in.get(i)); i++) {
            vu = 10 * vu + in.get(i) - '0';
        }
        held.add(new Held(channel, vu, now));
        if (thawAfter(now) == now) {
            answerHeld();
        }
    }

    private void answerHeld() {
        for (Held next = held.poll(); next != null; next = held.poll()) {
            try {
                // Before the write: what a user measures is never less than what stands here.
                long now = System.nanoTime();
                next.channel.write(ByteBuffer.wrap(ANSWER));
                synchronized (served) {
                    served.add(new Served(next.vu, next.readNanos, now));
                }
            } catch (IOException e) {
                // The user has gone.
            }
        }
    }

    /** What was read so far, in the order of answering. */
    List<Served> served() {
        synchronized (served) {
            return List.copyOf(served);
        }
    }

    @Override
    public void close() throws IOException {
        closed = true;
        selector.wakeup();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (SelectionKey key : Arrays.asList(selector.keys().toArray(SelectionKey[]::new))) {
            key.channel().close();
        }
        selector.close();
    }
}
