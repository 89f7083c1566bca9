package io.vikhry.runtime.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.vikhry.api.HttpException.Code;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResponseParserTest {
    private static final int MAX_BODY = 1 << 20;
    private final ResponseParser parser = new ResponseParser();

    @Test
    void aFixedLengthResponseEndsWithItsLastByteAndNoLater() {
        String response = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A: b \r\nx-a:c\r\n\r\nhello";

        int end = feed(response + "HTTP/1.1");

        assertThat(end).isEqualTo(response.length());
        assertThat(parser.isDone()).isTrue();
        assertThat(parser.isReusable()).isTrue();
        assertThat(parser.status()).isEqualTo(200);
        assertThat(parser.consumed()).isEqualTo(response.length());
        assertThat(body()).isEqualTo("hello");
        assertThat(ResponseHead.first(parser.rawHead(), "X-a")).contains("b");
        assertThat(ResponseHead.all(parser.rawHead(), "X-A")).containsExactly("b", "c");
        assertThat(ResponseHead.first(parser.rawHead(), "content-lengt")).isEmpty();
    }

    @Test
    void aChunkedBodyLosesItsFramingExtensionsAndTrailers() {
        feed("HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n"
                + "5;name=\"v\"\r\nhello\r\n00A \r\n, you ther\r\n"
                + "0\r\nDigest: x\r\n\r\n");

        assertThat(parser.isDone()).isTrue();
        assertThat(parser.isReusable()).isTrue();
        assertThat(body()).isEqualTo("hello, you ther");
        assertThat(parser.bodyBytes()).isEqualTo(15);
    }

    @Test
    void trailersAreKeptApartFromTheHead() {
        feed("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-A: head\r\n\r\n0\r\nX-A: 1\r\nx-b:  2 \r\n 3\r\n\r\n");

        assertThat(ResponseHead.all(parser.rawHead(), "X-A")).containsExactly("head");
        assertThat(ResponseHead.trailer(parser.rawHead(), "X-A")).contains("1");
        assertThat(ResponseHead.trailer(parser.rawHead(), "X-B")).contains("2 3");
        assertThat(ResponseHead.first(parser.rawHead(), "X-B")).isEmpty();
        assertThat(ResponseHead.trailer(parser.rawHead(), "Transfer-Encoding")).isEmpty();

        feed("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\nX-A: head\n\n0\nx-a: 4\n\n");
        assertThat(ResponseHead.trailer(parser.rawHead(), "X-A")).contains("4");

        feed("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-A: head\r\n\r\n0\r\n\r\n");
        assertThat(ResponseHead.trailer(parser.rawHead(), "X-A")).isEmpty();
    }

    @Test
    void aBodyWithoutAnyLengthLastsUntilTheClose() {
        feed("HTTP/1.1 200 OK\r\n\r\nabc");
        assertThat(parser.isDone()).isFalse();

        parser.end();

        assertThat(parser.isDone()).isTrue();
        assertThat(parser.isReusable()).isFalse();
        assertThat(body()).isEqualTo("abc");
    }

    @ParameterizedTest
    @ValueSource(strings = {"204 No Content", "304 Not Modified"})
    void noBodyFollowsTheseStatusesWhateverTheHeadSays(String line) {
        feed("HTTP/1.1 " + line + "\r\nContent-Length: 10\r\nTransfer-Encoding: gzip\r\n\r\n");

        assertThat(parser.isDone()).isTrue();
    }

    @Test
    void noBodyFollowsAHeadRequest() {
        parser.begin(true, true, MAX_BODY, null);
        byte[] in = "HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n".getBytes(ISO_8859_1);
        parser.feed(in, 0, in.length);

        assertThat(parser.isDone()).isTrue();
        assertThat(parser.isReusable()).isTrue();
    }

    @Test
    void interimResponsesAreSkippedButNotForEver() {
        String interim = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";
        feed("HTTP/1.1 100 Continue\r\n\r\n" + interim + "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n");
        assertThat(parser.status()).isEqualTo(201);
        assertThat(parser.isDone()).isTrue();

        feed(interim.repeat(ResponseParser.MAX_INTERIM + 1));
        assertThat(parser.failure()).isEqualTo(Code.PROTOCOL);
    }

    @Test
    void connectionAndVersionDecideAboutReuse() {
        assertThat(reusable("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n")).isTrue();
        assertThat(reusable("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: x , Close\r\n"))
                .isFalse();
        assertThat(reusable("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n")).isFalse();
        assertThat(reusable("HTTP/1.0 200 OK\r\nContent-Length: 0\r\nconnection: Keep-Alive\r\n"))
                .isTrue();
        assertThat(reusable("HTTP/1.1 204 OK\r\n")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\r\n",
                "SSH-2.0-OpenSSH_9.2\r\n",
                "HTTP/2 200 OK\r\n\r\n",
                "HTTP/1.1 20 OK\r\n\r\n",
                "HTTP/1.1 2000 OK\r\n\r\n",
                "HTTP/1.1 099 OK\r\n\r\n",
                "HTTP/1.1  200 OK\r\n\r\n",
                "HTTP/1.x 200 OK\r\n\r\n",
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n",
                "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
                "HTTP/1.1 200 OK\r\n: v\r\n\r\n",
                "HTTP/1.1 200 OK\r\nA b: v\r\n\r\n",
                "HTTP/1.1 200 OK\r\nA : v\r\n\r\n",
                "HTTP/1.1 200 OK\r\n folded: first\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n 2\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 0x10\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 1,\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, chunked\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\rx",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n",
            })
    void malformedBytesAreAProtocolFailureWithAReason(String response) {
        feed(response);
        assertThat(parser.failure()).isEqualTo(Code.PROTOCOL);
        assertThat(parser.reason()).isNotBlank().doesNotContain("\n");
        assertThat(parser.isDone()).isFalse();
        assertThat(parser.isReusable()).isFalse();
    }

    @Test
    void repeatedEqualLengthsAreOneLength() {
        feed("HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\nContent-Length: 02\r\n\r\nok");

        assertThat(body()).isEqualTo("ok");
    }

    @Test
    void everyLimitIsTooLarge() {
        feed("HTTP/1.1 200 OK\r\nA: " + "x".repeat(ResponseParser.MAX_HEAD));
        assertThat(parser.failure()).isEqualTo(Code.TOO_LARGE);
        feed("HTTP/1.1 200 OK\r\n" + "A: b\r\n".repeat(20_000));
        assertThat(parser.failure()).isEqualTo(Code.TOO_LARGE);
        feed("HTTP/1.1 200 OK\r\nContent-Length: " + (MAX_BODY + 1) + "\r\n\r\n");
        assertThat(parser.failure()).isEqualTo(Code.TOO_LARGE);
        feed("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999999\r\n\r\n");
        assertThat(parser.failure()).isEqualTo(Code.TOO_LARGE);
        feed("HTTP/1.1 200 OK\r\n\r\n" + "x".repeat(MAX_BODY + 1));
        assertThat(parser.failure()).isEqualTo(Code.TOO_LARGE);
        feed("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffffff\r\n");
        assertThat(parser.failure()).isEqualTo(Code.TOO_LARGE);
        feed("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + "A: b\r\n".repeat(20_000));
        assertThat(parser.failure()).isEqualTo(Code.TOO_LARGE);
    }

    @Test
    void anEarlyCloseIsAReset() {
        String response = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
        for (int cut = 0; cut < response.length(); cut++) {
            feed(response.substring(0, cut));
            parser.end();
            assertThat(parser.failure()).as("cut at %d", cut).isEqualTo(Code.RESET);
        }
    }

    @Test
    void aDiscardedBodyIsCountedButNotKept() {
        parser.begin(false, false, MAX_BODY, null);
        byte[] in = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello".getBytes(ISO_8859_1);
        parser.feed(in, 0, in.length);

        assertThat(parser.isDone()).isTrue();
        assertThat(parser.takeBody()).isEmpty();
        assertThat(parser.bodyBytes()).isEqualTo(5);
    }

    @Test
    void anEqualHeadIsSharedAndADifferentOneIsNot() {
        feed("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nSet-Cookie: a=b\r\n\r\nab");
        byte[] first = parser.rawHead();
        feed("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nSet-Cookie: a=b\r\n\r\ncd");
        assertThat(parser.rawHead()).isSameAs(first);
        assertThat(body()).isEqualTo("cd");
        assertThat(parser.hasCookie()).isTrue();

        feed("HTTP/1.1 404 No\r\nContent-Length: 1\r\nContent-Encoding: gzip\r\n\r\ne");
        assertThat(parser.rawHead()).isNotSameAs(first);
        assertThat(parser.status()).isEqualTo(404);
        assertThat(parser.hasCookie()).isFalse();
        assertThat(parser.isEncoded()).isTrue();
        assertThat(body()).isEqualTo("e");
    }

    @Test
    void whatOneConnectionHasMetAnotherRecognisesAndFramesItsOwnWay() {
        KnownHeads known = new KnownHeads();
        byte[] in = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab".getBytes(ISO_8859_1);
        ResponseParser one = parsed(known, in, false);
        ResponseParser other = parsed(known, in, false);
        ResponseParser headOnly = parsed(known, in, true);

        assertThat(other.rawHead()).isSameAs(one.rawHead());
        assertThat(other.takeBody()).isEqualTo(new byte[] {'a', 'b'});
        assertThat(other.status()).isEqualTo(200);
        assertThat(headOnly.rawHead()).isSameAs(one.rawHead());
        assertThat(headOnly.takeBody()).isEmpty();
        assertThat(headOnly.isDone()).isTrue();
    }

    @Test
    void aHeadThatIsRefusedIsNotKnownAfterwards() {
        KnownHeads known = new KnownHeads();
        byte[] in = "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n".getBytes(ISO_8859_1);

        assertThat(parsed(known, in, true).failure()).as("no body follows").isNull();
        assertThat(parsed(known, in, false).failure()).isEqualTo(Code.PROTOCOL);
        assertThat(parsed(known, in, false).failure()).isEqualTo(Code.PROTOCOL);
    }

    @Test
    void theHeadsThatCameLastAreKnownAndTheOthersParsedAgain() {
        KnownHeads known = new KnownHeads();
        byte[] first = parsed(known, head(0), false).rawHead();
        for (int i = 1; i < 8; i++) {
            parsed(known, head(i), false);
        }
        assertThat(parsed(known, head(0), false).rawHead()).isSameAs(first);
        for (int i = 8; i < 16; i++) {
            parsed(known, head(i), false);
        }

        byte[] again = parsed(known, head(0), false).rawHead();
        assertThat(again).isNotSameAs(first).isEqualTo(first);
    }

    private static byte[] head(int i) {
        return ("HTTP/1.1 200 OK\r\nX: " + i + "\r\nContent-Length: 0\r\n\r\n").getBytes(ISO_8859_1);
    }

    private static ResponseParser parsed(KnownHeads known, byte[] in, boolean toHead) {
        ResponseParser p = new ResponseParser(known);
        p.begin(toHead, true, MAX_BODY, null);
        p.feed(in, 0, in.length);
        return p;
    }

    private boolean reusable(String head) {
        feed(head + "\r\n");
        return parser.isReusable();
    }

    private int feed(String response) {
        parser.begin(false, true, MAX_BODY, null);
        byte[] in = response.getBytes(ISO_8859_1);
        return parser.feed(in, 0, in.length);
    }

    private String body() {
        return new String(parser.takeBody(), ISO_8859_1);
    }
}
