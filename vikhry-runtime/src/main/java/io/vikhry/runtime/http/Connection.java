package io.vikhry.runtime.http;

import io.netty.channel.Channel;
import io.netty.handler.codec.DecoderException;
import io.vikhry.api.HttpException.Code;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * One connection: opened for its first exchange, then carrying one exchange after another. Only the loop's own thread touches
 * it.
 */
final class Connection implements Dial.Opener, Wire.End, Carrier, Download.Tap {
    private enum State {
        OPENING,
        OPEN,
        CLOSED
    }

    // The pool's own: its neighbours there, and, where it is idle, the one that has been so for longer.
    @Nullable Connection before;

    @Nullable Connection after;

    @Nullable Connection below;

    private final Pool pool;
    private final ResponseParser parser =
            new ResponseParser(LoopBuffers.ofThread().heads());
    private final Patience patience;
    private State state = State.OPENING;
    private @Nullable Dial dial;
    private @Nullable Wire wire;
    private @Nullable Exchange exchange;
    private boolean reused;

    Connection(Pool pool) {
        this.pool = pool;
        this.patience = new Patience(this, pool);
    }

    // ---- opening

    void open(Exchange x) {
        exchange = x;
        x.waitAt(this);
        patience.opens(x);
        Dial d = new Dial(pool, this);
        dial = d;
        x.sample.dialledBy(d);
        d.start();
    }

    /** Takes over an open channel, for its first exchange. */
    void adopt(Channel c, Exchange x) {
        exchange = x;
        x.connection = this;
        x.sample.carriedAtLast();
        opened(c, false);
    }

    @Override
    public void opened(Channel c, boolean http2) {
        opened(ChannelWire.over(c, this));
    }

    @Override
    public void opened(BareSocket socket) {
        socket.attach(this);
        opened((Wire) socket);
    }

    private void opened(Wire w) {
        wire = w;
        dial = null;
        state = State.OPEN;
        Exchange x = exchange;
        if (x == null) {
            return;
        }
        if (x.mayGo()) {
            write(x, w);
        } else {
            exchange = null;
            rest();
        }
    }

    /** Waits for the next exchange. */
    private void rest() {
        pool.giveBack(this);
        patience.rests();
    }

    /** What it is carrying, or opened for. */
    @Nullable Exchange exchange() {
        return exchange;
    }

    /** How it is being opened; null where it is no more. */
    @Nullable Dial dial() {
        return dial;
    }

    /** Whether something of a response has come. */
    boolean isAnswered() {
        return parser.hasBegun();
    }

    /** Whether it carries an exchange of this client at the moment. */
    boolean isFor(HttpClient client) {
        Exchange x = exchange;
        return x != null && x.client() == client;
    }

    @Override
    public void notOpened(Code code, String why, @Nullable Throwable cause) {
        fail(code, why, cause);
    }

    // ---- exchanges

    /** Whether an idle connection may take an exchange. */
    boolean isUsable() {
        Wire w = wire;
        return state == State.OPEN && w != null && w.isOpen();
    }

    /** Whether a usable one may be given its exchange by a VU that is mounted on the loop. */
    boolean isDirect() {
        Wire w = wire;
        return w != null && w.isDirect();
    }

    /** Sends an exchange on this connection, which is idle. */
    void send(Exchange x) {
        exchange = x;
        x.connection = this;
        reused = true;
        x.sample.carried();
        Wire w = wire;
        if (w != null) {
            write(x, w);
        }
    }

    private void write(Exchange x, Wire w) {
        Download download = x.download;
        parser.begin(x.toHead, x.keepBody, x.maxBody, download);
        if (download != null) {
            download.from(this);
        }
        boolean held = x.holdsBody();
        patience.asks(x);
        byte[] body = held ? null : x.body;
        x.sample.sends(x.head.length + (body == null ? 0 : body.length));
        boolean whole = w.send(x.head, body);
        Upload upload = x.upload;
        if (held) {
            return;
        }
        if (upload != null) {
            upload.startChunked(w);
        } else if (whole && exchange == x) {
            x.sample.sentWhole();
        }
    }

    /** Sends the body that was held back. */
    void sendHeld(Exchange x) {
        Wire w = wire;
        byte[] body = x.body;
        Upload upload = x.upload;
        x.releaseBody();
        Patience.limitFirstByte(x);
        if (w == null) {
            return;
        }
        if (upload != null) {
            upload.startChunked(w);
        } else if (body != null) {
            x.sample.sends(body.length);
            if (w.send(ResponseBody.NOTHING, body)) {
                sent();
            }
        }
    }

    @Override
    public void sent() {
        Exchange x = exchange;
        if (x != null) {
            x.sample.sentWhole();
        }
    }

    @Override
    public void received(byte[] in, int n, boolean more) {
        int used = 0;
        Exchange x = exchange;
        for (; used < n && x != null && state == State.OPEN; x = exchange) {
            used = parser.feed(in, used, n);
            if (parser.isDone()) {
                complete(used == n && !more);
            } else if (parser.failure() != null) {
                malformed();
            } else {
                if (parser.hasBegun()) {
                    x.sample.answerBegins();
                }
                if (x.heldUntilNanos != 0 && parser.isContinued()) {
                    sendHeld(x);
                }
            }
        }
        if (used < n && x == null) {
            // Nobody asked for this: whatever it is, the connection is out of step.
            close();
        }
    }

    @Override
    public void gone(@Nullable Throwable cause) {
        Exchange x = exchange;
        if (x == null || state != State.OPEN) {
            if (state == State.OPEN) {
                close();
            }
            return;
        }
        if (reused && parser.consumed() == 0 && x.idempotent && !x.retried) {
            // The server gave up the idle connection at the moment it was used: no fault of the request.
            x.retried = true;
            exchange = null;
            x.connection = null;
            x.restart();
            close();
            pool.open(x);
            return;
        }
        if (cause == null) {
            parser.end();
            if (parser.isDone()) {
                complete(false);
            } else {
                malformed();
            }
        } else if (cause instanceof SSLException || cause instanceof DecoderException) {
            fail(Code.TLS, "the TLS connection broke: " + RootCause.message(cause), cause);
        } else {
            String when = parser.consumed() == 0
                    ? "before a response"
                    : "in the middle of the response, after " + parser.consumed() + " bytes";
            fail(Code.RESET, "the connection broke " + when + ": " + RootCause.message(cause), cause);
        }
    }

    /** Reads no more for the moment: the peer is held back. */
    @Override
    public void hold() {
        Wire w = wire;
        if (w != null) {
            w.read(false);
        }
    }

    /** Reads on. */
    @Override
    public void flow() {
        Wire w = wire;
        if (w != null) {
            w.read(true);
        }
    }

    private void malformed() {
        Code code = parser.failure();
        fail(code == null ? Code.PROTOCOL : code, parser.reason(), null);
    }

    private void complete(boolean inStep) {
        Exchange x = exchange;
        Wire w = wire;
        if (x == null || w == null) {
            return;
        }
        Upload upload = x.upload;
        boolean allSent = w.isDrained() && x.heldUntilNanos == 0 && (upload == null || upload.isSent());
        exchange = null;
        if (x.download != null) {
            flow();
        }
        if (inStep && allSent && parser.isReusable() && !x.close && w.isOpen()) {
            rest();
        } else {
            close();
        }
        x.complete(parser);
    }

    // ---- ending

    /** Ends what it carries, or is opened for, without a response. */
    void fail(Code code, String why, @Nullable Throwable cause) {
        Exchange x = exchange;
        if (x == null) {
            close();
        } else {
            x.fail(code, why, cause);
        }
    }

    /** Cancels what is in flight, and closes. */
    void cancel(String why) {
        fail(Code.CANCELLED, why, null);
    }

    /** Closes, without a word to the exchange, which has failed; returns how many bytes of its response came. */
    @Override
    public long letGo(Exchange x) {
        exchange = null;
        long bytes = state == State.OPEN ? parser.consumed() : 0;
        close();
        return bytes;
    }

    /** Closes, without a word to anybody. */
    void close() {
        if (state == State.CLOSED) {
            return;
        }
        state = State.CLOSED;
        patience.ends();
        pool.forget(this);
        Dial d = dial;
        if (d != null) {
            d.abandon();
        }
        Wire w = wire;
        if (w != null) {
            w.close();
        }
    }
}
