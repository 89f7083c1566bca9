package io.vikhry.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalRedisIT {
    @TempDir
    Path dir;

    @Test
    void theBundledOneAnswersWithItsPasswordOnly() {
        try (LocalRedis redis = LocalRedis.start(Choice.BUNDLED, dir)) {
            assertThat(redis.how())
                    .startsWith("bundled Redis 7.0.15 on 127.0.0.1:")
                    .doesNotContain(password(redis));
            assertThat(LocalRedis.probe(redis.url()))
                    .get()
                    .extracting(RedisServerInfo::major)
                    .isEqualTo(7);
            assertThat(LocalRedis.probe(redis.url().replace(password(redis), "wrong")))
                    .isEmpty();
            assertThat(LocalRedis.probe(redis.url().replaceFirst("//.*@", "//")))
                    .isEmpty();
            assertThat(redis.running().safeUrl()).contains(":***@127.0.0.1:").doesNotContain(password(redis));
        }
    }

    @Test
    void thePasswordIsOnNoCommandLineAndInNoFileOfOthers() throws Exception {
        try (LocalRedis redis = LocalRedis.start(Choice.BUNDLED, dir.resolve("run"))) {
            assertThat(Command.run(Duration.ofSeconds(5), "ps", "-eo", "args").output())
                    .doesNotContain(password(redis));
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(dir.resolve("run"))))
                    .isEqualTo("rwx------");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(dir.resolve("run/redis.conf"))))
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void closingEndsTheProcessAndLeavesNoData() throws Exception {
        LocalRedis redis = LocalRedis.start(Choice.BUNDLED, dir);
        assertThat(redis.running().alive()).isTrue();
        redis.close();
        assertThat(ProcessHandle.of(redis.pid()).filter(p -> !ProcessEnd.reached(p)))
                .isEmpty();
        assertThat(redis.running().alive()).isFalse();
        try (Stream<Path> files = Files.list(dir)) {
            assertThat(files.map(f -> f.getFileName().toString())).containsExactlyInAnyOrder("redis.conf", "redis.log");
        }
    }

    @Test
    void aBusyPortIsNamedAndNothingStarts() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Setup setup = Setup.DEFAULT.withPort(taken.getLocalPort());
            assertThatThrownBy(() -> LocalRedis.start(Choice.AUTO, dir, setup))
                    .isInstanceOf(RedisUnavailableException.class)
                    .hasMessageContaining("Port " + taken.getLocalPort())
                    .hasMessageNotContaining("\n");
            assertThat(dir).isEmptyDirectory();
        }
    }

    @Test
    void aGivenServerIsUsedAndNotStopped() {
        try (LocalRedis own = LocalRedis.start(Choice.BUNDLED, dir)) {
            try (LocalRedis given = LocalRedis.start(Choice.AUTO, dir, Setup.DEFAULT.withUrl(own.url()))) {
                assertThat(given.url()).isEqualTo(own.url());
                assertThat(given.pid()).isZero();
                assertThat(given.how()).doesNotContain(password(own));
            }
            assertThat(own.running().alive()).isTrue();
        }
    }

    @Test
    void aGivenServerThatDoesNotAnswerIsNamedWithoutItsPassword() throws Exception {
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        Setup setup = Setup.DEFAULT.withUrl("redis://:secret@127.0.0.1:" + free);
        assertThatThrownBy(() -> LocalRedis.start(Choice.AUTO, dir, setup))
                .hasMessageContaining("127.0.0.1:" + free)
                .hasMessageNotContaining("secret");
    }

    @Test
    void aServerOnThePathIsPreferred() throws Exception {
        Path bin = Files.createDirectory(dir.resolve("bin"));
        Files.createSymbolicLink(
                bin.resolve("redis-server"), ServerBinary.bundled().file());
        assertThat(ServerBinary.onPath(bin.toString()).name())
                .isEqualTo("redis-server 7.0.15 (" + bin + "/redis-server)");
        try (LocalRedis redis = ServerProcess.start(ServerBinary.onPath(bin.toString()), dir, Setup.DEFAULT, "found")) {
            assertThat(redis.running().alive()).isTrue();
        }
    }

    @Test
    void anOldServerOnThePathIsNotTaken() throws Exception {
        Path old = Files.writeString(dir.resolve("redis-server"), "#!/bin/sh\necho 'Redis server v=6.2.1 sha=0'\n");
        assertThat(old.toFile().setExecutable(true)).isTrue();
        assertThatThrownBy(() -> ServerBinary.onPath(dir.toString())).hasMessageContaining("is 6.2.1");
    }

    @Test
    void aDetachedOneIsStoppedByWhatWasRecorded() {
        RunningRedis recorded =
                LocalRedis.start(Choice.BUNDLED, dir, Setup.DEFAULT.outliving()).running();
        RunningRedis another = new RunningRedis(
                recorded.url(),
                recorded.how(),
                recorded.version(),
                recorded.pid(),
                recorded.startedAtMillis() - 60_000,
                null,
                null);
        another.stop();
        assertThat(recorded.alive())
                .as("a process that started at another time is not ours")
                .isTrue();
        recorded.stop();
        assertThat(recorded.alive()).isFalse();
    }

    @Test
    void aKilledJvmTakesItsRedisWithItButNotADetachedOne() throws Exception {
        Process jvm = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        TwoServers.class.getName(),
                        dir.toString())
                .redirectErrorStream(true)
                .start();
        try (BufferedReader out = jvm.inputReader(StandardCharsets.UTF_8)) {
            ProcessHandle bound =
                    ProcessHandle.of(Long.parseLong(out.readLine())).orElseThrow();
            ProcessHandle detached =
                    ProcessHandle.of(Long.parseLong(out.readLine())).orElseThrow();
            try {
                assertThat(bound.isAlive()).isTrue();
                jvm.destroyForcibly().waitFor();
                assertThat(ProcessEnd.await(bound, Duration.ofSeconds(10))).isTrue();
                assertThat(ProcessEnd.reached(detached)).isFalse();
            } finally {
                bound.destroyForcibly();
                detached.destroyForcibly();
            }
        } finally {
            jvm.destroyForcibly();
        }
    }

    /** Starts one bound and one detached server, prints their process ids, and waits for its end. */
    static final class TwoServers {
        public static void main(String[] args) throws Exception {
            LocalRedis bound = LocalRedis.start(Choice.BUNDLED, Path.of(args[0], "bound"));
            LocalRedis detached =
                    LocalRedis.start(Choice.BUNDLED, Path.of(args[0], "detached"), Setup.DEFAULT.outliving());
            System.out.println(bound.pid());
            System.out.println(detached.pid());
            System.in.transferTo(System.out);
        }
    }

    private static String password(LocalRedis redis) {
        return RedisAddress.parse(redis.url()).password();
    }
}
