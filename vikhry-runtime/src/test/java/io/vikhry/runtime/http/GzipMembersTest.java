package io.vikhry.runtime.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class GzipMembersTest {
    private static byte[] zipped(byte[] plain) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(plain);
        }
        return out.toByteArray();
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private static byte[] unzipped(byte[] in) throws IOException {
        return new GzipMembers(new ByteArrayInputStream(in)).readAllBytes();
    }

    /** Gives one byte at a time and never says that there is more. */
    private static InputStream dripping(byte[] bytes) {
        return new ByteArrayInputStream(bytes) {
            @Override
            public synchronized int read(byte[] out, int at, int length) {
                return super.read(out, at, 1);
            }

            @Override
            public synchronized int available() {
                return 0;
            }
        };
    }

    @Test
    void membersFollowOneAnotherHoweverSlowlyTheyCome() throws IOException {
        byte[] big = new byte[100_000];
        new Random(7).nextBytes(big);
        byte[] all = joined(zipped("one".getBytes(UTF_8)), zipped(new byte[0]), zipped(big));
        byte[] plain = joined("one".getBytes(UTF_8), big);
        assertThat(unzipped(all)).isEqualTo(plain);
        assertThat(new GzipMembers(dripping(all)).readAllBytes()).isEqualTo(plain);
        assertThat(ContentCoding.decode("gzip", all, 200_000)).isEqualTo(plain);
    }

    @Test
    void aHeadMayHaveAllThatTheFormatKnows() throws IOException {
        byte[] plain = zipped("text".getBytes(UTF_8));
        byte[] head = {0x1f, (byte) 0x8b, 8, 0x1e, 0, 0, 0, 0, 0, 3};
        byte[] extra = {3, 0, 'a', 'b', 'c'};
        byte[] texts = "name\0comment\0".getBytes(UTF_8);
        byte[] checksum = {1, 2};
        byte[] whole = joined(head, extra, texts, checksum, Arrays.copyOfRange(plain, 10, plain.length));
        assertThat(unzipped(whole)).isEqualTo("text".getBytes(UTF_8));
    }

    @Test
    void whatFollowsAndIsNoMemberIsLeftOut() throws IOException {
        assertThat(unzipped(joined(zipped("x".getBytes(UTF_8)), new byte[20]))).isEqualTo("x".getBytes(UTF_8));
        assertThat(unzipped(new byte[0])).isEmpty();
    }

    @Test
    void damageIsNeverTakenForTheEnd() throws IOException {
        byte[] good = zipped("some text".getBytes(UTF_8));
        for (int cut = 1; cut < good.length; cut++) {
            byte[] part = Arrays.copyOf(good, cut);
            assertThatThrownBy(() -> unzipped(part)).isInstanceOf(EOFException.class);
        }
        byte[] wrong = good.clone();
        wrong[good.length - 6] ^= 1;
        assertThatThrownBy(() -> unzipped(wrong)).hasMessageContaining("checksum");
        assertThatThrownBy(() -> unzipped("<html>".getBytes(UTF_8))).hasMessageContaining("not gzip");
    }
}
