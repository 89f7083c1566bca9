package io.vikhry.runtime.http;

import io.netty.handler.codec.http2.Http2Exception;
import io.netty.util.collection.IntObjectHashMap;
import io.vikhry.api.HttpException.Code;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The streams of one HTTP/2 connection on which an exchange is under way, and the requests that begin them. */
final class Http2Streams {
    /** So many at a time before the server has said how many it takes: what it turns away then, not every body can be sent anew. */
    private static final int UNTOLD = 1;

    private final Http2Session session;
    private final Http2Line line;
    private final Http2Output output;
    private final Http2HeadWriter blocks;
    private final IntObjectHashMap<Http2Answer> answers = new IntObjectHashMap<>(4);
    private int most = UNTOLD;
    /** The number 1 is that of a request that asked to go on in HTTP/2. */
    private int lastStream = 1;

    Http2Streams(Http2Session session, Http2Line line, Http2Output output) {
        this.session = session;
        this.line = line;
        this.output = output;
        this.blocks = new Http2HeadWriter(line.origin());
    }

    /** Whether the server allows one more. */
    boolean haveRoom() {
        return answers.size() < most;
    }

    /** Whether there are no more numbers for them, after a thousand million requests. */
    boolean areUsedUp() {
        return lastStream == Integer.MAX_VALUE;
    }

    boolean isEmpty() {
        return answers.isEmpty();
    }

    List<Http2Answer> all() {
        return new ArrayList<>(answers.values());
    }

    boolean have(Http2Answer answer) {
        return answers.get(answer.stream) == answer;
    }

    @Nullable Http2Answer get(int stream) {
        return answers.get(stream);
    }

    /** Whose stream it is; null if nobody waits for it any more. */
    @Nullable Http2Answer active(int stream) throws Http2Exception {
        Http2Answer answer = answers.get(stream);
        if (answer == null) {
            Http2Input.check((stream & 1) == 1 && stream <= lastStream, "a stream that was not begun");
        }
        return answer;
    }

    /** Forgets one; whether it was there. */
    boolean remove(Http2Answer answer) {
        return answers.remove(answer.stream) != null;
    }

    // ---- requests

    /** Sends an exchange on a stream of its own, after so many reads of the connection. */
    void begin(Exchange x, long reads) {
        lastStream += 2;
        Http2Answer answer = new Http2Answer(session, lastStream, x);
        answer.readsBefore = reads;
        byte[] block;
        try {
            block = blocks.block(lastStream, x.head);
        } catch (Http2Exception e) {
            x.fail(Code.PROTOCOL, "the server takes no request with such a head: " + e.getMessage(), e);
            return;
        }
        answers.put(lastStream, answer);
        x.connection = answer;
        line.sent(x);
        byte[] body = x.body;
        boolean bodiless = x.upload == null && (body == null || body.length == 0);
        x.sample.sends(x.head.length);
        boolean held = x.holdsBody();
        if (held) {
            line.held(x);
        }
        boolean taken = output.send(answer, block, bodiless, held || bodiless || x.upload != null ? null : body);
        if (answer.requestSent) {
            x.sample.sends(body == null ? 0 : body.length);
            if (taken) {
                taken(answer);
            }
        } else if (!held) {
            sendBody(answer);
        }
    }

    /** Sends the body that was held back. */
    void sendHeld(Http2Answer answer) {
        answer.exchange.releaseBody();
        if (have(answer)) {
            line.sent(answer.exchange);
            sendBody(answer);
        }
    }

    private void sendBody(Http2Answer answer) {
        Exchange x = answer.exchange;
        byte[] body = x.body;
        Upload upload = x.upload;
        if (upload != null) {
            upload.start((piece, last) -> {
                if (have(answer)) {
                    output.send(answer, piece, last, () -> upload.written(last));
                }
            });
        } else if (body != null) {
            x.sample.sends(body.length);
            output.send(answer, body, true, () -> taken(answer));
        }
    }

    /** The system took the last byte of a request; what it may send, and when, the server decides. */
    private void taken(Http2Answer answer) {
        if (have(answer)) {
            answer.exchange.sample.sentWhole();
        }
    }

    /** Lets the server send on, on a stream from which so many bytes were taken. */
    void credit(Http2Answer answer, int bytes) {
        answer.taken += bytes;
        if (answer.taken >= Http2Session.WINDOW / 2 && have(answer)) {
            answer.window += answer.taken;
            output.open(answer.stream, answer.taken);
            answer.taken = 0;
        }
    }

    /** The system has taken what the wire had to keep. */
    void sent() {
        if (!output.isDrained()) {
            return;
        }
        for (Http2Answer answer : answers.values()) {
            if (answer.requestSent && !answer.exchange.sample.isSentWhole()) {
                taken(answer);
            }
        }
    }

    // ---- what the server allows

    Http2HeadWriter blocks() {
        return blocks;
    }

    /** So many at a time. */
    void most(int streams) {
        most = streams;
    }

    /** So many bytes on each at first, and so many more or less on those that are there; false if that is beyond all bounds. */
    boolean initialWindow(int bytes) {
        int change = output.initialWindow(bytes);
        boolean right = true;
        for (Http2Answer answer : answers.values()) {
            right &= output.taken(answer, change);
        }
        return right;
    }
}
