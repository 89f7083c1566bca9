package io.vikhry.runtime.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.airlift.compress.v3.zstd.ZstdJavaCompressor;
import io.vikhry.api.HttpResponse;
import io.vikhry.runtime.engine.EngineOptions.Scheduler;
import io.vikhry.runtime.engine.EngineOptions.Transport;
import java.io.IOException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ExtractorsTest {
    private static HttpResponse response(String... headersAndBody) throws Exception {
        String body = headersAndBody[headersAndBody.length - 1];
        String headers = String.join("", Arrays.asList(headersAndBody).subList(0, headersAndBody.length - 1));
        String whole = "HTTP/1.1 200 OK\r\n" + headers + "Content-Length: " + body.length() + "\r\n\r\n" + body;
        try (RawServer server = RawServer.start(RawServer.always(whole));
                TestOwner owner = new TestOwner(new TestOwner.Mode(Transport.NIO, Scheduler.LOOP))) {
            return owner.onVu(() -> owner.http(server.url()).build().get("/").send());
        }
    }

    @Test
    void aJsonPathFindsValuesInOrder() throws Exception {
        HttpResponse r = response(
                "{\"items\":[{\"id\":1,\"p\":5},{\"id\":2,\"p\":50},{\"id\":3,\"p\":7,\"x\":null}],\"n\":{\"a\":\"b\"}}");
        assertThat(r.jsonPath("$.items[?(@.p < 10)].id")).contains("1");
        assertThat(r.jsonPathAll("$.items[?(@.p < 10)].id")).containsExactly("1", "3");
        assertThat(r.jsonPath("$.n")).contains("{\"a\":\"b\"}");
        assertThat(r.jsonPath("$.items[2].x")).isEmpty();
        assertThat(r.jsonPath("$.nothing.there")).isEmpty();
        assertThat(r.jsonPathAll("$..id")).hasSize(3);
        assertThatThrownBy(() -> r.jsonPath("$.[")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aJsonPathThatEndsInAFunctionGivesItsValueOrNothing() throws Exception {
        HttpResponse r = response("{\"items\":[{\"p\":5},{\"p\":50}],\"none\":[]}");
        assertThat(r.jsonPath("$.items.length()")).contains("2");
        assertThat(r.jsonPath("$..p.sum()")).contains("55.0");
        assertThat(r.jsonPath("$.items.first()")).contains("{\"p\":5}");
        assertThat(r.jsonPath("$.nothing.length()")).isEmpty();
        assertThat(r.jsonPath("$..q.sum()")).isEmpty();
        assertThatThrownBy(() -> r.jsonPath("$.items.number()"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("'$.items.number()' is not a JSONPath: ");
    }

    @Test
    void aRegularExpressionGivesItsFirstGroupOrTheMatch() throws Exception {
        HttpResponse r = response("<a href='/x/1'><a href='/x/2'>");
        assertThat(r.regex("href='([^']+)'")).contains("/x/1");
        assertThat(r.regexAll("/x/\\d")).containsExactly("/x/1", "/x/2");
        assertThat(r.regex("nope")).isEmpty();
        assertThatThrownBy(() -> r.regex("(")).hasMessageContaining("'(' is not a regular expression");
    }

    @Test
    void aCookieIsReadByItsName() throws Exception {
        HttpResponse r = response("Set-Cookie: sid=a=b; Path=/\r\n", "Set-Cookie: other=2\r\n", "");
        assertThat(r.cookie("sid")).contains("a=b");
        assertThat(r.cookie("other")).contains("2");
        assertThat(r.cookie("none")).isEmpty();
    }

    @Test
    void brotliAndZstandardAreUndoneAndBounded() throws Exception {
        byte[] plain = "vikhry ".repeat(10_000).getBytes(UTF_8);
        ZstdJavaCompressor compressor = new ZstdJavaCompressor();
        byte[] out = new byte[compressor.maxCompressedLength(plain.length)];
        byte[] zstd = Arrays.copyOf(out, compressor.compress(plain, 0, plain.length, out, 0, out.length));
        assertThat(ContentCoding.decode("zstd", zstd, plain.length)).isEqualTo(plain);
        assertThatThrownBy(() -> ContentCoding.decode("zstd", zstd, plain.length - 1))
                .isInstanceOf(ContentCoding.TooLarge.class);
        // "hello hello hello hello" by the reference encoder.
        byte[] brotli = Base64.getDecoder().decode("CwKAaGVsbG8D");
        assertThat(ContentCoding.decode("br", brotli, 100)).asString().isEqualTo("hello");
        assertThatThrownBy(() -> ContentCoding.decode("br", brotli, 4)).isInstanceOf(ContentCoding.TooLarge.class);
    }

    @Test
    void damagedBrotliAndZstandardAreErrorsNeverAnythingElse() throws Exception {
        byte[] plain = "vikhry ".repeat(100).getBytes(UTF_8);
        ZstdJavaCompressor compressor = new ZstdJavaCompressor();
        byte[] out = new byte[compressor.maxCompressedLength(plain.length)];
        byte[] zstd = Arrays.copyOf(out, compressor.compress(plain, 0, plain.length, out, 0, out.length));
        byte[] brotli = Base64.getDecoder().decode("CwKAaGVsbG8D");
        Random random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            boolean br = random.nextBoolean();
            byte[] bytes = (br ? brotli : zstd).clone();
            bytes = random.nextBoolean() ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes;
            for (int n = random.nextInt(4); n > 0 && bytes.length > 0; n--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            try {
                assertThat(ContentCoding.decode(br ? "br" : "zstd", bytes, 100_000).length)
                        .isLessThanOrEqualTo(100_000);
            } catch (IOException e) {
                assertThat(e.getMessage()).as("case %d", i).isNotBlank();
            }
        }
    }
}
