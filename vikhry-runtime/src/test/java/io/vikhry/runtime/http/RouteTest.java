package io.vikhry.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vikhry.api.Http;
import io.vikhry.api.HttpException;
import io.vikhry.api.HttpException.Code;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** From which address to which. */
@ParameterizedClass
@MethodSource("io.vikhry.runtime.http.TestOwner$Mode#all")
@Timeout(60)
class RouteTest {
    /** Less than an address has before the next is tried. */
    private static final Duration HEAD_START = Duration.ofMillis(240);

    private final TestOwner.Mode mode;
    private TestOwner owner;

    RouteTest(TestOwner.Mode mode) {
        this.mode = mode;
    }

    @BeforeEach
    void start() {
        owner = new TestOwner(mode);
    }

    @AfterEach
    void stop() throws Exception {
        owner.close();
    }

    @Test
    void theFamiliesTakeTurns() throws Exception {
        List<InetAddress> addresses = new ArrayList<>();
        for (String each : List.of("::1", "::2", "::3", "10.0.0.1", "10.0.0.2")) {
            addresses.add(InetAddress.getByName(each));
        }
        assertThat(Route.inTurns(addresses, size -> 0))
                .extracting(InetAddress::getHostAddress)
                .containsExactly("0:0:0:0:0:0:0:1", "10.0.0.1", "0:0:0:0:0:0:0:2", "10.0.0.2", "0:0:0:0:0:0:0:3");
        assertThat(Route.inTurns(addresses, size -> size == 3 ? 1 : 0))
                .extracting(InetAddress::getHostAddress)
                .containsExactly("0:0:0:0:0:0:0:2", "10.0.0.1", "0:0:0:0:0:0:0:3", "10.0.0.2", "0:0:0:0:0:0:0:1");
    }

    @Test
    void theAddressesOfANameShareTheConnectionsAndThoseOfTheClientHaveItsOrder() throws Exception {
        List<InetAddress> both = List.of(InetAddress.getByName("10.0.0.1"), InetAddress.getByName("10.0.0.2"));
        HttpClient looks =
                (HttpClient) owner.http(URI.create("http://shop.test")).build();
        HttpClient knows = (HttpClient) owner.http(URI.create("http://shop.test"))
                .resolve("shop.test", "10.0.0.1", "10.0.0.2")
                .build();
        Origin shop = looks.settings().origin();
        int first = 0;
        for (int i = 0; i < 400; i++) {
            List<InetAddress> order = looks.pool(shop).route().order(both);
            assertThat(order).containsExactlyInAnyOrderElementsOf(both);
            first += order.equals(both) ? 1 : 0;
            assertThat(knows.pool(shop).route().order(both)).isEqualTo(both);
        }
        assertThat(first).isBetween(120, 280);
    }

    @Test
    void eachAddressOfAFamilyBeginsAsOftenHoweverManyTheOtherHas() throws Exception {
        List<InetAddress> addresses = new ArrayList<>();
        for (String each : List.of("::1", "::2", "::3", "10.0.0.1", "10.0.0.2")) {
            addresses.add(InetAddress.getByName(each));
        }
        HttpClient looks =
                (HttpClient) owner.http(URI.create("http://shop.test")).build();
        Route route = looks.pool(looks.settings().origin()).route();
        Map<InetAddress, Integer> begins = new HashMap<>();
        for (int i = 0; i < 6_000; i++) {
            List<InetAddress> order = route.order(addresses);
            begins.merge(order.get(0), 1, Integer::sum);
            begins.merge(order.get(1), 1, Integer::sum);
        }
        assertThat(begins).hasSize(5);
        begins.forEach((address, n) -> assertThat(n)
                .as("%s of %s", address, begins)
                .isBetween(
                        address instanceof Inet6Address ? 1_750 : 2_750,
                        address instanceof Inet6Address ? 2_250 : 3_250));
    }

    @Test
    void anAddressThatDoesNotAnswerDoesNotHoldUpTheNextAndOneThatRefusesNotAtAll() throws Exception {
        try (RawServer server = RawServer.start(RawServer.always(RawServer.ok("here")));
                ServerSocket deaf = new ServerSocket()) {
            // Nobody accepts there, and the queue is full: a connection is neither made nor refused.
            deaf.bind(new InetSocketAddress("127.0.0.2", server.port()), 1);
            List<Socket> queue = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                queue.add(new Socket(deaf.getInetAddress(), deaf.getLocalPort()));
            }
            owner.onVu(() -> {
                Http deafFirst = owner.http(server.url("shop.test"))
                        .resolve("shop.test", "127.0.0.2", "127.0.0.1")
                        .build();
                long start = System.nanoTime();
                assertThat(deafFirst.get("/").send().text()).isEqualTo("here");
                assertThat(Duration.ofNanos(System.nanoTime() - start))
                        .isBetween(Duration.ofMillis(245), Duration.ofMillis(2_000));
                // A machine that is busy otherwise may hold up some of them.
                List<Duration> took = new ArrayList<>();
                while (took.size() < 10 && took.stream().noneMatch(t -> t.compareTo(HEAD_START) < 0)) {
                    start = System.nanoTime();
                    Http refusedFirst = owner.http(server.url("shop.test"))
                            .resolve("Shop.test", "127.0.0.3", "::1", "127.0.0.1")
                            .build();
                    assertThat(refusedFirst.get("/").send().text()).isEqualTo("here");
                    took.add(Duration.ofNanos(System.nanoTime() - start));
                }
                assertThat(took).as("each of them").anyMatch(t -> t.compareTo(HEAD_START) < 0);
                try {
                    return owner.http(server.url("shop.test"))
                            .resolve("shop.test", "127.0.0.2", "127.0.0.2")
                            .connectTimeout(Duration.ofMillis(400))
                            .build()
                            .get("/")
                            .send();
                } catch (HttpException e) {
                    assertThat(e.code()).isEqualTo(Code.CONNECT_TIMEOUT);
                    return null;
                }
            });
            assertThat(server.requests.getFirst().header("host")).isEqualTo("shop.test:" + server.port());
            for (Socket socket : queue) {
                socket.close();
            }
        }
    }

    @Test
    void clientsConnectFromTheLocalAddressesInTurns() throws Exception {
        Set<String> seen = ConcurrentHashMap.newKeySet();
        try (RawServer server = RawServer.start(peer -> {
            seen.add(peer.socket.getInetAddress().getHostAddress());
            peer.request();
            peer.send(RawServer.ok(""));
        })) {
            owner.onVu(() -> {
                for (int i = 0; i < 6; i++) {
                    owner.http(server.url())
                            .localAddresses("127.0.0.11", "127.0.0.12", "127.0.0.13", "::1")
                            .build()
                            .get("/")
                            .send();
                }
                return null;
            });
        }
        assertThat(seen).containsExactlyInAnyOrder("127.0.0.11", "127.0.0.12", "127.0.0.13");
    }

    @Test
    void whatIsNoAddressIsRefused() {
        Http.Builder builder = owner.http(URI.create("http://h"));
        for (Runnable wrong : List.<Runnable>of(
                () -> builder.localAddresses(),
                () -> builder.localAddresses("localhost"),
                () -> builder.resolve("h", "1.2.3.4.5"))) {
            assertThatThrownBy(wrong::run).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
