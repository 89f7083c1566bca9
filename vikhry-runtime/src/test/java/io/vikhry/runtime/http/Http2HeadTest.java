package io.vikhry.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Headers;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is remembered of heads of HTTP/2 changes nothing of what is said by them. */
class Http2HeadTest {
    private static final Origin ORIGIN = Origin.of(URI.create("http://h:8000"));

    private static byte[] head(String path, String value) {
        return ("GET " + path + " HTTP/1.1\r\nHost: h:8000\r\nX-Value: " + value + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static Http2Headers headers(String status, String date, String more) {
        return new DefaultHttp2Headers(false)
                .status(status)
                .add("date", date)
                .add("content-type", "text/plain")
                .add("x-more", more);
    }

    @Test
    void whatIsPackedTheServerUnderstandsInWhateverOrderItComes() throws Exception {
        Random random = new Random(7);
        Http2HeadWriter writer = new Http2HeadWriter(ORIGIN);
        DefaultHttp2HeadersDecoder server = new DefaultHttp2HeadersDecoder(true, 1 << 20);
        List<byte[]> heads = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            heads.add(head("/" + i, "v".repeat(random.nextInt(i < 6 ? 20 : 1_500))));
        }
        for (int i = 0; i < 2_000; i++) {
            if (i % 100 == 99) {
                int size = random.nextInt(5_000);
                writer.tableSize(size);
                server.maxHeaderTableSize(Math.min(size, 4_096));
            }
            byte[] head = heads.get(random.nextInt(random.nextBoolean() ? 3 : heads.size()));
            byte[] block = writer.block(3, head);
            Http2Headers read = server.decodeHeaders(3, Unpooled.wrappedBuffer(block));
            assertThat(read).as("request " + i).isEqualTo(Http2Head.request(head, ORIGIN));
        }
    }

    @Test
    void aRequestThatIsRepeatedIsThereAlreadyAndIsShort() throws Exception {
        Http2HeadWriter writer = new Http2HeadWriter(ORIGIN);
        byte[] head = head("/catalog", "something long enough");
        byte[] first = writer.block(3, head);
        byte[] second = writer.block(5, head);
        assertThat(second).hasSizeLessThan(8);
        assertThat(first).hasSizeGreaterThan(30);
        assertThat(writer.block(7, head)).isSameAs(second);
    }

    @Test
    void whatIsReadIsWhatTheServerSaidHoweverOftenItRepeatsItself() throws Exception {
        Random random = new Random(11);
        Http2HeadReader reader = new Http2HeadReader();
        DefaultHttp2HeadersEncoder server = new DefaultHttp2HeadersEncoder();
        int same = 0;
        for (int i = 0; i < 500; i++) {
            Http2Headers said =
                    headers(random.nextInt(5) == 0 ? "404" : "200", "d" + random.nextInt(4), "m" + random.nextInt(400));
            Http2Headers before = null;
            for (int times = 1 + random.nextInt(10); times > 0; times--) {
                Http2Headers read = read(reader, packed(server, said));
                assertThat(read).as("response " + i).isEqualTo(said);
                same += read == before ? 1 : 0;
                before = read;
            }
        }
        assertThat(same).isGreaterThan(1_000);
    }

    /** As nginx does; then it refers to any of them after all. */
    @Test
    void aServerMayPutTheSameIntoTheTableEachTime() throws Exception {
        Random random = new Random(13);
        Http2HeadReader reader = new Http2HeadReader();
        for (int i = 0; i < 500; i++) {
            Http2Headers said = headers("200", "d" + random.nextInt(10), "m" + random.nextInt(10));
            byte[] block = inserted(said);
            int times = 1 + random.nextInt(60);
            Http2Headers first = read(reader, block);
            for (int n = 1; n < times; n++) {
                assertThat(read(reader, block)).isSameAs(first);
            }
            assertThat(first).isEqualTo(said);
            // 31 of them find room, with three headers each; the latest header is number 62.
            int back = random.nextInt(3 * Math.min(times, 20));
            CharSequence name = List.of("x-more", "content-type", "date").get(back % 3);
            Http2Headers referred = read(reader, new byte[] {(byte) 0x88, (byte) (0x80 + 62 + back)});
            assertThat(referred.get(name))
                    .as("response " + i)
                    .hasToString(said.get(name).toString());
        }
    }

    private static Http2Headers read(Http2HeadReader reader, byte[] block) throws Exception {
        byte[] in = new byte[block.length + 20];
        System.arraycopy(block, 0, in, 10, block.length);
        return reader.read(3, in, 10, block.length);
    }

    private static byte[] packed(DefaultHttp2HeadersEncoder server, Http2Headers said) throws Exception {
        ByteBuf out = Unpooled.buffer();
        server.encodeHeaders(3, said, out);
        return ByteBufUtil.getBytes(out);
    }

    /** Each header as a literal that is put into the table, its name spelled out; the status is in the table that never changes. */
    private static byte[] inserted(Http2Headers said) {
        List<byte[]> parts = new ArrayList<>(List.of(Http2Frames.OK));
        for (String name : List.of("date", "content-type", "x-more")) {
            parts.add(Http2Frames.remembered(name, said.get(name).toString()));
        }
        return Http2Frames.joined(parts.toArray(byte[][]::new));
    }
}
