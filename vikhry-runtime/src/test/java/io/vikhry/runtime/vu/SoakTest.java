package io.vikhry.runtime.vu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.management.UnixOperatingSystemMXBean;
import io.vikhry.runtime.engine.EngineOptions;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Nothing grows while users come and go, connections open, break and close, and requests fail. Twenty seconds in a build; {@code
 * -Dvikhry.soak.seconds=600} for longer ({@code bench/run soak}). A round raises the users, lets them all go, and then measures.
 */
@Timeout(value = 2, unit = TimeUnit.HOURS)
class SoakTest {
    private static final long SECONDS = Long.getLong("vikhry.soak.seconds", 20);
    /** Classes, code and pools are still being filled. */
    private static final int WARM_UP_ROUNDS = 3;

    private static final int LEAST_ROUNDS = 8;
    /** What may be left of the last second's numbers, and of pools that breathe. */
    private static final long MOST_BYTES = 4_000_000;

    private static final long MOST_OTHERS = 2;
    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    Path dir;

    /** What the process holds while no user is at work. */
    private record Hold(long heapBytes, long files, long threads) {
        static Hold now() {
            System.gc();
            return new Hold(
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(),
                    ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                            ? unix.getOpenFileDescriptorCount()
                            : 0,
                    ManagementFactory.getThreadMXBean().getThreadCount());
        }
    }

    @Test
    void nothingGrowsWhileUsersComeAndGo() throws Exception {
        EngineOptions options = EngineOptions.defaults().withLoops(2);
        List<Hold> holds = new ArrayList<>();
        long requests;
        long begin = System.nanoTime();
        long end = begin + TimeUnit.SECONDS.toNanos(SECONDS);
        try (FickleServer server = FickleServer.start();
                TestRun run = TestRun.of(
                        options,
                        Map.of("base", server.url(), "nobody", "http://127.0.0.1:" + FickleServer.closedPort()),
                        dir,
                        """
                        @Param URI base;
                        @Param URI nobody;
                        Http http;
                        Http refused;
                        @Override public void onInit() {
                            http = http(base).timeout(Duration.ofSeconds(2)).build();
                            refused = http(nobody).build();
                        }
                        @Step(every = "5ms..40ms", timeout = "3s") void get() {
                            if (random().nextInt(400) == 0) stop();
                            http.get("/x").send().expectStatus(200);
                        }
                        @Step(every = "200ms..900ms") void late() { http.get("/late").timeout(Duration.ofMillis(20)).send(); }
                        @Step(every = "500ms..2s") void nobody() { refused.get("/").send(); }
                        """)) {
            while (System.nanoTime() < end || holds.size() < LEAST_ROUNDS + WARM_UP_ROUNDS) {
                run.follow(100);
                await().atMost(SOON).until(() -> run.users.activeVus() > 50);
                run.follow(40);
                long enough = server.requests() + 1_000;
                await().atMost(SOON).until(() -> server.requests() > enough);
                run.follow(0);
                await().atMost(SOON).until(() -> run.users.activeVus() == 0 && server.open() == 0);
                run.seconds.clear();
                holds.add(Hold.now());
            }
            requests = server.requests();
        }
        List<Hold> settled = holds.subList(WARM_UP_ROUNDS, holds.size());
        int third = settled.size() / 3;
        List<Hold> first = settled.subList(0, third + 1);
        List<Hold> last = settled.subList(settled.size() - third, settled.size());
        List<String> grown = new ArrayList<>();
        if (grew(first, last, Hold::heapBytes) > MOST_BYTES) {
            grown.add("heap");
        }
        if (grew(first, last, Hold::files) > MOST_OTHERS) {
            grown.add("files");
        }
        if (grew(first, last, Hold::threads) > MOST_OTHERS) {
            grown.add("threads");
        }
        String verdict =
                "soak: %s grew in %d s of %d rounds and %d requests: heap %.1f -> %.1f MB, files %d -> %d, threads %d -> %d"
                        .formatted(
                                grown.isEmpty() ? "nothing" : String.join(", ", grown),
                                TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin),
                                holds.size(),
                                requests,
                                least(first, Hold::heapBytes) / 1e6,
                                least(last, Hold::heapBytes) / 1e6,
                                least(first, Hold::files),
                                least(last, Hold::files),
                                least(first, Hold::threads),
                                least(last, Hold::threads));
        System.out.println(verdict);
        assertThat(grown).as(verdict).isEmpty();
    }

    private static long grew(List<Hold> first, List<Hold> last, ToLongFunction<Hold> what) {
        return least(last, what) - least(first, what);
    }

    private static long least(List<Hold> holds, ToLongFunction<Hold> what) {
        return holds.stream().mapToLong(what).min().orElseThrow();
    }
}
