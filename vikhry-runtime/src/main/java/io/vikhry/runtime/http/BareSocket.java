package io.vikhry.runtime.http;

import io.netty.channel.Channel;
import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import io.netty.util.concurrent.Future;
import io.vikhry.runtime.engine.Loop;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A wire straight from the loop's epoll to the kernel, without a channel of Netty around it: a system call to send a request, one
 * to receive its response, and between them and the connection nothing. So a request touches a fraction of the memory that a
 * channel and its pipeline are, which with many users is what it waits for.
 *
 * <p>Opened and closed on the loop's own thread; a VU that is mounted there may send. Events come by edge: what is read stops
 * short only when there is no more, unless the peer has closed, too.
 */
final class BareSocket implements EpollIoHandle, Wire {
    private static final EpollIoOps READING =
            EpollIoOps.EPOLLIN.with(EpollIoOps.EPOLLRDHUP).with(EpollIoOps.EPOLLET);
    private static final EpollIoOps READING_AND_WRITING = READING.with(EpollIoOps.EPOLLOUT);
    private static final int ONLY_BYTES = EpollIoOps.EPOLLIN.value();
    /** Receipts in a row after which others have their turn. */
    private static final int TURN = 16;

    /** Bytes that the system has not taken yet, and who wants to know when it has. */
    private static final class Rest {
        final byte[] bytes;
        final @Nullable Runnable taken;
        int from;

        Rest(byte[] bytes, int from, @Nullable Runnable taken) {
            this.bytes = bytes;
            this.from = from;
            this.taken = taken;
        }
    }

    private final Loop loop;
    private final Socket socket;
    private final LoopBuffers.Raw raw;
    private final IoRegistration registration;
    private @Nullable End end;
    /** What is left to send; null if there is nothing, as a rule. */
    private @Nullable ArrayDeque<Rest> rest;

    private boolean open;
    /** Why nothing more can be sent. */
    private @Nullable IOException mute;

    private boolean held;
    /** Whether something came before there was an {@link #end}: it will not be told again. */
    private boolean unheard;

    private boolean closed;

    /** The count of ports held, of which one is its own; null if nobody counts. */
    private @Nullable AtomicInteger ports;

    private BareSocket(Loop loop, Socket socket) throws IOException {
        this.loop = loop;
        this.socket = socket;
        this.raw = LoopBuffers.ofThread().raw();
        Future<IoRegistration> registering = ((IoEventLoop) loop.netty()).register(this);
        if (!registering.isSuccess()) {
            throw new IOException("the loop takes no more sockets", registering.cause());
        }
        this.registration = registering.getNow();
        this.open = true;
        listen(READING);
    }

    /**
     * The socket of a connected channel that was deregistered, which must not be used any more.
     *
     * @throws IOException where the channel was closed meanwhile, or the loop is ending
     */
    static BareSocket of(Channel channel, Loop loop) throws IOException {
        if (!channel.isOpen()) {
            throw new IOException("the channel is closed");
        }
        return of((Socket) ((EpollSocketChannel) channel).fd(), loop);
    }

    /** A socket that is connected. */
    static BareSocket of(Socket socket, Loop loop) throws IOException {
        return new BareSocket(loop, socket);
    }

    private void listen(EpollIoOps ops) {
        registration.submit(ops);
    }

    /** From now on tells {@code connection} what comes, and has come. */
    void attach(End connection) {
        end = connection;
        if (unheard) {
            loop.execute(() -> receive(true));
        }
    }

    /** It has a port that is counted there: until it closes. */
    void holds(AtomicInteger count) {
        ports = count;
    }

    // ---- sending

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public boolean isDirect() {
        return true;
    }

    @Override
    public boolean isDrained() {
        return rest == null && mute == null;
    }

    @Override
    public boolean send(byte[] head, byte @Nullable [] body) {
        if (!open) {
            // Its number may be another's by now.
            return false;
        }
        int n = head.length;
        int all = body == null ? n : n + body.length;
        if (rest != null || all > LoopBuffers.Raw.BYTES) {
            write(head, null);
            if (body != null) {
                write(body, null);
            }
            return rest == null;
        }
        raw.put(0, head, 0, n);
        if (body != null) {
            raw.put(n, body, 0, body.length);
        }
        int sent = send(all);
        if (sent < n) {
            keep(new Rest(head, sent, null));
        }
        if (sent < all && body != null) {
            keep(new Rest(body, Math.max(0, sent - n), null));
        }
        return rest == null;
    }

    @Override
    public void sendPart(byte[] part, Runnable taken) {
        if (open) {
            write(part, taken);
        }
    }

    private void write(byte[] bytes, @Nullable Runnable taken) {
        Rest all = new Rest(bytes, 0, taken);
        if (rest != null || !sendOn(all)) {
            keep(all);
        }
    }

    /** Whether the system has taken all. */
    private boolean sendOn(Rest part) {
        while (open && part.from < part.bytes.length) {
            int n = Math.min(LoopBuffers.Raw.BYTES, part.bytes.length - part.from);
            raw.put(0, part.bytes, part.from, n);
            int sent = send(n);
            part.from += sent;
            if (sent < n) {
                return false;
            }
        }
        if (part.taken != null && open && mute == null) {
            part.taken.run();
        }
        return true;
    }

    /** Sends what stands in the loop's buffer; returns how many bytes the system took. */
    private int send(int n) {
        if (mute != null) {
            return n;
        }
        try {
            return socket.sendAddress(raw.address(), 0, n);
        } catch (IOException e) {
            // What the peer may still have said comes first, and its end, if it has closed.
            mute = e;
            loop.execute(() -> receive(true));
            return n;
        }
    }

    private void keep(Rest part) {
        ArrayDeque<Rest> waiting = rest;
        if (waiting == null) {
            waiting = new ArrayDeque<>(2);
            rest = waiting;
            listen(READING_AND_WRITING);
        }
        waiting.add(part);
    }

    private void sendRest(ArrayDeque<Rest> waiting) {
        while (open && sendOn(waiting.getFirst())) {
            waiting.removeFirst();
            if (waiting.isEmpty()) {
                rest = null;
                End to = end;
                if (open && to != null) {
                    listen(READING);
                    to.sent();
                }
                return;
            }
        }
    }

    // ---- receiving

    @Override
    public void handle(IoRegistration of, IoEvent event) {
        ArrayDeque<Rest> waiting = rest;
        if (waiting != null) {
            sendRest(waiting);
        }
        receive(((EpollIoEvent) event).ops().value() != ONLY_BYTES);
    }

    @Override
    public void read(boolean on) {
        boolean again = held && on;
        held = !on;
        if (again) {
            // What came meanwhile was told then, and will not be told again.
            loop.execute(() -> receive(true));
        }
    }

    /** @param toTheEnd whether a receipt that falls short is not yet the last */
    private void receive(boolean toTheEnd) {
        End to = end;
        unheard = to == null;
        for (int i = 0; open && !held && to != null; i++) {
            if (i == TURN) {
                loop.execute(() -> receive(toTheEnd));
                return;
            }
            int n;
            try {
                n = socket.recvAddress(raw.address(), 0, LoopBuffers.Raw.BYTES);
                if (n > 0) {
                    to.received(raw.take(n), n, false);
                }
            } catch (IOException | RuntimeException e) {
                open = false;
                to.gone(e);
                return;
            }
            if (n < 0) {
                open = false;
                to.gone(null);
                return;
            }
            if (n == 0 && mute != null) {
                open = false;
                to.gone(mute);
                return;
            }
            if (n == 0 || n < LoopBuffers.Raw.BYTES && !toTheEnd) {
                return;
            }
        }
    }

    // ---- ending

    @Override
    public FileDescriptor fd() {
        return socket;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        open = false;
        rest = null;
        AtomicInteger held = ports;
        if (held != null) {
            held.decrementAndGet();
        }
        registration.cancel();
        try {
            socket.close();
        } catch (IOException e) {
            // The system has let go of it all the same.
            return;
        }
    }
}
