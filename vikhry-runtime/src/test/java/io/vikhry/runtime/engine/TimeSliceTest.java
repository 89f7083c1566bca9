package io.vikhry.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A loop asks the kernel for short turns, for itself alone. */
@Timeout(30)
class TimeSliceTest {
    private static final Pattern SLICE = Pattern.compile("se\\.slice\\s*:\\s*(\\d+)");
    private static final Pattern VERSION = Pattern.compile("(\\d+)\\.(\\d+).*");
    private static final Path SCHED = Path.of("/proc/thread-self/sched");

    @Test
    void aLoopsTurnsAreShortAndThoseOfThreadsItStartsAreNot() throws Exception {
        Matcher version = VERSION.matcher(System.getProperty("os.version"));
        assumeTrue(
                version.matches()
                        && Integer.parseInt(version.group(1)) * 1_000 + Integer.parseInt(version.group(2)) >= 6_012,
                "this kernel gives no turns of a length asked for");
        assumeTrue(Files.exists(SCHED), "this kernel does not tell the length of turns");
        long usual = nanos();
        CompletableFuture<Long> onLoop = new CompletableFuture<>();
        CompletableFuture<Long> besideIt = new CompletableFuture<>();
        try (Engine engine = Engine.start(EngineOptions.defaults().withLoops(1))) {
            engine.nextLoop().execute(() -> {
                tell(onLoop);
                Thread.ofPlatform().start(() -> tell(besideIt));
            });
            assertThat(onLoop.get(10, TimeUnit.SECONDS)).isEqualTo(100_000).isLessThan(usual);
            assertThat(besideIt.get(10, TimeUnit.SECONDS)).isEqualTo(usual);
        }
    }

    private static void tell(CompletableFuture<Long> whom) {
        try {
            whom.complete(nanos());
        } catch (IOException e) {
            whom.completeExceptionally(e);
        }
    }

    /** Of the calling thread's turns. */
    private static long nanos() throws IOException {
        Matcher slice = SLICE.matcher(Files.readString(SCHED));
        assumeTrue(slice.find(), "this kernel does not tell the length of turns");
        return Long.parseLong(slice.group(1));
    }
}
