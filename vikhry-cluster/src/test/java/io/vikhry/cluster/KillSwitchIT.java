package io.vikhry.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vikhry.redis.RedisFixture;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KillSwitchIT {
    @RegisterExtension
    static final RedisFixture redis = new RedisFixture();

    private Cluster cluster;
    private LeaderLease leader;

    @BeforeEach
    void begin() {
        redis.flush();
        cluster = Cluster.connect(redis.url(), "shop");
        leader = cluster.leader().acquire("test").orElseThrow();
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void theRunUnderWayIsKilledAndWorkersAreTold() {
        cluster.lifecycle().begin(leader, Fixtures.plan("run-1", 1));
        cluster.leases().join(Fixtures.status("worker-1"));

        KillSwitch.Pulled pulled = KillSwitch.pull(redis.url(), "shop", "ada\r\nwith a test");

        assertThat(pulled.killed().done()).isTrue();
        assertThat(pulled.killed().state()).isEqualTo(cluster.lifecycle().state());
        assertThat(pulled.led()).contains(true);
        assertThat(cluster.halts().newest()).hasValueSatisfying(halt -> {
            assertThat(halt.kind()).isEqualTo(Halt.Kind.KILL);
            assertThat(halt.epoch()).isEqualTo(1);
            assertThat(halt.by()).isEqualTo("ada  with a test");
        });
        leader.close();
        assertThat(KillSwitch.pull(redis.url(), "shop", "ada").led())
                .as("the next one writes the report")
                .contains(false);
    }

    @Test
    void whereNoRunIsUnderWayNothingIsDone() {
        assertThat(KillSwitch.pull(redis.url(), "shop", "ada").killed().done()).isFalse();
        assertThat(cluster.halts().newest()).isEmpty();
    }

    @Test
    void anOrderThatWasTakenIsTakenWhateverComesAfterIt() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String taken = "*6\r\n$4\r\nDONE\r\n$7\r\nRUNNING\r\n$1\r\n3\r\n$5\r\nrun-1\r\n$1\r\n2\r\n$1\r\n9\r\n";
            Thread.ofVirtual().start(() -> answerOnce(server, taken));

            KillSwitch.Pulled pulled = KillSwitch.pull("redis://127.0.0.1:" + server.getLocalPort(), "shop", "ada");

            assertThat(pulled.killed().done()).isTrue();
            assertThat(pulled.killed().state())
                    .isEqualTo(new ClusterState(ClusterState.State.RUNNING, 3, "run-1", 2, 9));
            assertThat(pulled.led())
                    .as("the line was cut before that was asked")
                    .isEmpty();
        }
    }

    @Test
    void theShortWayIsTakenToAPlainRedis() throws Exception {
        cluster.lifecycle().begin(leader, Fixtures.plan("run-1", 1));
        try (DirectLine line = DirectLine.to(redis.url()).orElseThrow()) {
            assertThat(line.ask("PING")).isEqualTo("PONG".getBytes(StandardCharsets.US_ASCII));
            assertThat(line.ask("SET", "vikhry:{shop}:x", "ä\r\n")).isNotNull();
            assertThat(line.ask("MGET", "vikhry:{shop}:x", "vikhry:{shop}:y"))
                    .usingRecursiveComparison()
                    .isEqualTo(Arrays.asList("ä\r\n".getBytes(StandardCharsets.UTF_8), null));
            assertThatThrownBy(() -> line.ask("HGET", "vikhry:{shop}:x", "f")).hasMessageContaining("WRONGTYPE");
            Keys keys = new Keys("shop");
            Transition killed = line.eval(Script.HALT, Halts.keys(keys), Halts.args(keys, Halt.Kind.KILL, "ada"))
                    .transition();
            assertThat(killed.done()).isTrue();
            assertThat(killed.state()).isEqualTo(cluster.lifecycle().state());
            assertThat(line.ask("EXISTS", keys.leader())).isEqualTo(1L);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rediss://127.0.0.1:6379",
                "redis+sentinel://127.0.0.1:26379#main",
                "redis://:pass%20word@127.0.0.1",
                "redis://127.0.0.1/1",
                "redis://127.0.0.1?timeout=1s",
                "redis://[::1]:6379",
                "redis://127.0.0.1:65536",
                "redis://secret@127.0.0.1"
            })
    void whatIsNotPlainIsLeftToTheDriver(String url) throws Exception {
        assertThat(DirectLine.to(url)).isEmpty();
    }

    @Test
    void whoIsRefusedHearsWhy() {
        String wrong = redis.url().replaceFirst(":[^:@/]+@", ":wrong@");
        assertThatThrownBy(() -> KillSwitch.pull(wrong, "shop", "ada"))
                .isInstanceOf(ClusterException.class)
                .hasMessageContaining("another user or password");
        assertThatThrownBy(() -> KillSwitch.pull("redis://127.0.0.1:1", "shop", "ada"))
                .isInstanceOf(ClusterException.class)
                .hasMessageContaining("connection refused");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 400 Bad Request\r\n\r\n",
                "$5\r\nab",
                "$-2x\r\n",
                "$99999999999\r\n",
                "*99999999\r\n",
                "*2\r\n+a\r\n",
                ":1\n",
                "+\r",
                "\r\n",
                ""
            })
    void whatIsNoAnswerIsAnExceptionAndNoHang(String answer) throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> answerOnce(server, answer));
            Optional<DirectLine> line = DirectLine.to("redis://127.0.0.1:" + server.getLocalPort());
            try (DirectLine open = line.orElseThrow()) {
                assertThatThrownBy(() -> open.ask("PING")).isInstanceOf(IOException.class);
            }
        }
    }

    @Test
    void anAnswerThatIsNestedWithoutEndIsAnExceptionToo() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> answerOnce(server, "*1\r\n".repeat(100_000)));
            try (DirectLine line =
                    DirectLine.to("redis://127.0.0.1:" + server.getLocalPort()).orElseThrow()) {
                assertThatThrownBy(() -> line.ask("PING"))
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("nested");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*0\r\n",
                "*1\r\n:5\r\n",
                "*6\r\n+NEVER\r\n+IDLE\r\n+1\r\n+\r\n+1\r\n+1\r\n",
                "*6\r\n+DONE\r\n+IDLE\r\n+x\r\n+\r\n+1\r\n+1\r\n"
            })
    void whatNoScriptAnswersIsLeftToTheDriverToo(String answer) throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> answerOnce(server, answer));

            assertThatThrownBy(() -> KillSwitch.pull("redis://127.0.0.1:" + server.getLocalPort(), "shop", "ada"))
                    .as("it finds nobody there any more")
                    .isInstanceOf(ClusterException.class);
        }
    }

    private static void answerOnce(ServerSocket server, String answer) {
        try (Socket socket = server.accept()) {
            // Whoever comes after this one is refused.
            server.close();
            InputStream in = socket.getInputStream();
            assertThat(in.read()).isEqualTo('*');
            socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();
            in.readAllBytes();
        } catch (IOException e) {
            // Who asked has seen enough, and is gone.
            return;
        }
    }
}
