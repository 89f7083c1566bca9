package io.vikhry.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.resolver.dns.SingletonDnsServerAddressStreamProvider;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How long an address holds, as a real name server says. */
@Timeout(30)
class NameServersTest {
    private static final int NO_SUCH_NAME = 3;

    private DatagramSocket server;
    private volatile int[] ttls = {};
    /** Of an alias before the addresses; negative for none. */
    private volatile int aliasTtl = -1;

    private volatile boolean silent;
    private NameServers servers;

    @BeforeEach
    void serve() throws IOException {
        assumeTrue(System.getProperty("os.name").startsWith("Linux"), "name servers are asked on Linux only");
        server = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        servers = new NameServers(() -> new SingletonDnsServerAddressStreamProvider(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getLocalPort())));
        Thread.ofPlatform().daemon().name("name-server").start(() -> {
            byte[] in = new byte[4_096];
            while (!server.isClosed()) {
                try {
                    DatagramPacket packet = new DatagramPacket(in, in.length);
                    server.receive(packet);
                    if (!silent) {
                        byte[] out = answer(Arrays.copyOf(in, packet.getLength()));
                        server.send(new DatagramPacket(out, out.length, packet.getSocketAddress()));
                    }
                } catch (IOException e) {
                    return;
                }
            }
        });
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    /** One address of IPv4 for each TTL, after the alias if there is one, and none of IPv6 (RFC 1035). */
    private byte[] answer(byte[] query) {
        int end = 12;
        while (query[end] != 0) {
            end += query[end] + 1;
        }
        end += 5;
        int[] lives = query[end - 3] == 1 ? ttls : new int[0];
        int alias = aliasTtl < 0 || lives.length == 0 ? 0 : 1;
        ByteBuffer out = ByteBuffer.allocate(end + 16 * alias + 16 * lives.length);
        out.put(query, 0, 2).putShort((short) (0x8180 | (ttls.length == 0 ? NO_SUCH_NAME : 0)));
        out.putShort((short) 1).putShort((short) (alias + lives.length)).putInt(0);
        out.put(query, 12, end - 12);
        if (alias == 1) {
            // It is called as the name asked for, with "x." before it.
            out.putShort((short) 0xc00c).putShort((short) 5).putShort((short) 1).putInt(aliasTtl);
            out.putShort((short) 4).put(new byte[] {1, 'x', (byte) 0xc0, 12});
        }
        for (int i = 0; i < lives.length; i++) {
            out.putShort((short) (alias == 1 ? 0xc000 + end + 12 : 0xc00c));
            out.putShort((short) 1).putShort((short) 1).putInt(lives[i]);
            out.putShort((short) 4).put(new byte[] {10, 0, 0, (byte) i});
        }
        return out.array();
    }

    @Test
    void theShortestLifeOfANamesAddressesIsTold() {
        ttls = new int[] {300, 20, 60};
        assertThat(servers.of("shop.test")).hasValue(20);
        ttls = new int[] {0};
        assertThat(servers.of("shop.test")).hasValue(0);
    }

    @Test
    void anAddressLivesNoLongerThanTheAliasThatLedThere() {
        ttls = new int[] {3_600};
        aliasTtl = 5;
        assertThat(servers.of("shop.test")).hasValue(5);
        aliasTtl = 7_200;
        assertThat(servers.of("shop.test")).hasValue(3_600);
    }

    @Test
    void onlyServersThatTheSystemsFileNamesAreAsked(@TempDir Path dir) throws IOException {
        ttls = new int[] {20};
        Path file = dir.resolve("resolv.conf");
        NameServers named = new NameServers(() -> NameServers.named(file));
        assertThat(named.of("shop.test")).isEmpty();
        assertThatIllegalArgumentException().as("no file").isThrownBy(() -> NameServers.named(file));
        Files.writeString(file, "# nobody\noptions ndots:1\n");
        assertThat(named.of("shop.test")).isEmpty();
        assertThatIllegalArgumentException().as("no server").isThrownBy(() -> NameServers.named(file));
        Files.writeString(file, "nameserver 127.0.0.1." + server.getLocalPort() + "\n");
        assertThat(named.of("shop.test")).hasValue(20);
    }

    @Test
    void whatTheyDoNotKnowOrAreNotToBeAskedHasNoLife() {
        assertThat(servers.of("nobody.test")).isEmpty();
        ttls = new int[] {300};
        assertThat(servers.of("localhost")).isEmpty();
        silent = true;
        long start = System.nanoTime();
        assertThat(servers.of("shop.test")).isEmpty();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(6));
    }

    @Test
    void aMoveIsFollowedWhenTheAnswerHasExpiredAndNotBefore() throws Exception {
        ttls = new int[] {2};
        InetAddress[] place = {InetAddress.getByName("10.0.0.1")};
        InetAddress there = InetAddress.getByName("10.0.0.2");
        Resolver resolver = new Resolver(host -> place.clone(), servers);
        assertThat(resolver.resolve("shop.test").get(5, TimeUnit.SECONDS)).isEqualTo(List.of(place));
        long start = System.nanoTime();
        List<InetAddress> before = List.of(place);
        place[0] = there;
        await().atMost(Duration.ofSeconds(10)).until(() -> {
            List<InetAddress> now = resolver.resolve("shop.test").get(5, TimeUnit.SECONDS);
            assertThat(now).isIn(before, List.of(there));
            return now.equals(List.of(there));
        });
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(1_900));
    }
}
