package io.vikhry.runtime.engine;

import static io.vikhry.runtime.engine.OneVu.inVu;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The rules that virtual threads on a loop stand on: docs/architecture.md names them. */
class SchedulerRulesTest {
    private static final String ALL = "io.vikhry.runtime.engine.EngineModes#all";
    private static final String ON_LOOPS = "io.vikhry.runtime.engine.EngineModes#onLoops";

    /** Rule 1: mounted while the thread holds a monitor, a virtual thread crashes the JVM. */
    @ParameterizedTest
    @MethodSource(ON_LOOPS)
    void aVuIsNeverResumedInsideTheCodeThatWakesIt(EngineOptions options) throws Exception {
        try (Engine engine = Engine.start(options)) {
            Loop loop = engine.loops().getFirst();
            Object monitor = new Object();
            for (int round = 0; round < 200; round++) {
                AtomicInteger resumed = new AtomicInteger();
                CountDownLatch parked = new CountDownLatch(1);
                CountDownLatch done = new CountDownLatch(2);
                Thread vu = loop.start("vu", () -> {
                    parked.countDown();
                    LockSupport.park();
                    resumed.incrementAndGet();
                    done.countDown();
                });
                assertThat(parked.await(5, SECONDS)).isTrue();
                CompletableFuture<Integer> seen = new CompletableFuture<>();
                loop.execute(() -> {
                    synchronized (monitor) {
                        LockSupport.unpark(vu);
                        loop.start("child", () -> {
                            resumed.incrementAndGet();
                            done.countDown();
                        });
                        seen.complete(resumed.get());
                    }
                });
                assertThat(seen.get(5, SECONDS)).isZero();
                assertThat(done.await(5, SECONDS)).isTrue();
            }
        }
    }

    /** Rule 2: the JDK's pollers must not run on a loop, which may be busy or closed. */
    @ParameterizedTest
    @MethodSource(ALL)
    void blockingSocketsOfAVuDoNotDependOnAnotherLoop(EngineOptions options) throws Exception {
        assumeTrue(
                options.scheduler() == EngineOptions.Scheduler.LOOP
                        || Runtime.getRuntime().availableProcessors() > 1,
                "the JDK's scheduler has one thread here, and who computes holds it");
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                Engine engine = Engine.start(options)) {
            Thread.ofPlatform().daemon().start(() -> echo(server));
            inVu(engine.loops().get(0), () -> echoes(server, 10));
            AtomicBoolean stop = new AtomicBoolean();
            CountDownLatch hogging = new CountDownLatch(1);
            engine.loops().get(0).start("hog", () -> {
                hogging.countDown();
                while (!stop.get()) {
                    Thread.onSpinWait();
                }
            });
            assertThat(hogging.await(5, SECONDS)).isTrue();
            try {
                assertThat(inVu(engine.loops().get(1), () -> echoes(server, 200)))
                        .isEqualTo(200);
            } finally {
                stop.set(true);
            }
        }
    }

    /** The same where the VU's socket is the first of the process: only then do the pollers take a VU's scheduler. */
    @Test
    void theJdksPollersDoNotBelongToTheFirstVuThatBlocks() throws Exception {
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        Process program = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--add-opens=java.base/java.lang=ALL-UNNAMED",
                        "--enable-native-access=ALL-UNNAMED",
                        "-Dvikhry.scheduler=loop",
                        "-cp",
                        classPath,
                        FirstBlockingSocket.class.getName())
                .inheritIO()
                .start();
        try {
            assertThat(program.waitFor(30, SECONDS)).isTrue();
            assertThat(program.exitValue()).isZero();
        } finally {
            program.destroyForcibly();
        }
    }

    private static void echo(ServerSocket server) {
        while (!server.isClosed()) {
            try (Socket socket = server.accept()) {
                int value;
                while ((value = socket.getInputStream().read()) >= 0) {
                    socket.getOutputStream().write(value);
                }
            } catch (IOException e) {
                return;
            }
        }
    }

    private static int echoes(ServerSocket server, int count) throws IOException {
        int right = 0;
        try (Socket socket = new Socket(server.getInetAddress(), server.getLocalPort())) {
            for (int i = 0; i < count; i++) {
                socket.getOutputStream().write(i & 0x7f);
                right += socket.getInputStream().read() == (i & 0x7f) ? 1 : 0;
            }
        }
        return right;
    }

    /** A class whose initialiser waits for the loop: native frames below it pin the VU to its thread. */
    private static final class WaitsInItsInitialiser {
        static final AtomicBoolean ANSWERED = new AtomicBoolean();

        static {
            Loop loop = Objects.requireNonNull(Loop.current());
            loop.execute(() -> ANSWERED.set(true));
            while (!ANSWERED.get() && !GIVE_UP.get()) {
                LockSupport.park();
            }
        }

        static boolean answered() {
            return ANSWERED.get();
        }
    }

    /** Outside the class above: who touches that one waits for its initialiser. */
    private static final AtomicBoolean GIVE_UP = new AtomicBoolean();

    /** Rule 3: a VU that waits for its loop while pinned holds it for ever; it can be seen, named and released. */
    @Test
    void aVuThatWaitsForItsLoopWhilePinnedCanBeNamedAndReleased() throws Exception {
        try (Engine engine =
                Engine.start(EngineOptions.defaults().withLoops(1).withScheduler(EngineOptions.Scheduler.LOOP))) {
            Loop loop = engine.loops().getFirst();
            CompletableFuture<Boolean> answered = new CompletableFuture<>();
            loop.start("pinned", () -> answered.complete(WaitsInItsInitialiser.answered()));
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> loop.mounted().stream()
                            .flatMap(vu -> Arrays.stream(vu.getStackTrace()))
                            .anyMatch(frame -> frame.getMethodName().equals("parkOnCarrierThread")));
            assertThat(answered).isNotDone();
            Thread vu = loop.mounted().orElseThrow();
            assertThat(vu.getName()).isEqualTo("pinned");
            GIVE_UP.set(true);
            LockSupport.unpark(vu);
            assertThat(answered.get(5, SECONDS)).isFalse();
            assertThat(inVu(loop, () -> "goes on")).isEqualTo("goes on");
        }
    }

    /** Held here, too, by who waits for several things of its loop in turn. */
    private static final class WaitsThriceInItsInitialiser {
        static final int INTERRUPTS;

        static {
            int interrupts = 0;
            while (interrupts < 3) {
                LockSupport.park();
                interrupts += Thread.interrupted() ? 1 : 0;
            }
            INTERRUPTS = interrupts;
        }
    }

    @Test
    void oneThatWaitsAgainAfterItWasReleasedIsReleasedAgain() throws Exception {
        try (Engine engine = Engine.start(
                        EngineOptions.defaults().withLoops(1).withScheduler(EngineOptions.Scheduler.LOOP));
                Watchdog watchdog = new Watchdog(engine.loops(), 5)) {
            CompletableFuture<Integer> interrupts = new CompletableFuture<>();
            engine.loops()
                    .getFirst()
                    .start("pinned", () -> interrupts.complete(WaitsThriceInItsInitialiser.INTERRUPTS));
            assertThat(interrupts.get(4, SECONDS)).isEqualTo(3);
        }
    }

    /** Rule 4: the JDK asks the loop to end a sleep, and no thread of its own, which would have to wake the loop. */
    @ParameterizedTest
    @MethodSource(ON_LOOPS)
    void aSleepIsATimerOfTheLoop(EngineOptions options) throws Exception {
        try (Engine engine = Engine.start(options.withLoops(1))) {
            Loop loop = engine.loops().getFirst();
            Thread sleeper = loop.start("sleeper", () -> {
                try {
                    Thread.sleep(60_000);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            await().atMost(Duration.ofSeconds(5)).until(() -> sleeper.getState() == Thread.State.TIMED_WAITING);
            CompletableFuture<Long> next = new CompletableFuture<>();
            loop.execute(() -> next.complete(loop.core().timers().nextNanos() - System.nanoTime()));
            assertThat(next.get(5, SECONDS)).isBetween(SECONDS.toNanos(1), SECONDS.toNanos(61));
            sleeper.interrupt();
            assertThat(sleeper.join(Duration.ofSeconds(5))).isTrue();
        }
    }
}
