package io.vikhry.runtime.engine;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Measures the {@link Health} of this JVM and its loops from one call to the next. */
final class Vitals {
    private static final long ANSWER_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final Path STATM = Path.of("/proc/self/statm");
    /** Linux on x86-64 and most of aarch64; the kernel does not tell it in /proc. */
    private static final long PAGE_BYTES = 4_096;

    private final List<Loop> loops;
    private final OperatingSystemMXBean process = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private final List<GarbageCollectorMXBean> collectors;
    private final CpuQuota quota = new CpuQuota();
    private final Watchdog watchdog;
    private final PortUse ports;
    private long nanos = System.nanoTime();
    private long cpuNanos = process.getProcessCpuTime();
    private long gcMillis;

    Vitals(List<Loop> loops, Watchdog watchdog, PortUse ports) {
        this.loops = loops;
        this.watchdog = watchdog;
        this.ports = ports;
        // What G1 and ZGC call cycles runs beside the program; the others stop it.
        this.collectors = ManagementFactory.getGarbageCollectorMXBeans().stream()
                .filter(bean ->
                        !bean.getName().contains("Cycles") && !bean.getName().contains("Concurrent"))
                .toList();
        this.gcMillis = collectionMillis();
    }

    synchronized Health take() {
        long asked = System.nanoTime();
        List<CompletableFuture<LoopStats.Pace>> answers =
                loops.stream().map(Vitals::ask).toList();
        double utilisation = 0;
        long lagMicros = 0;
        for (CompletableFuture<LoopStats.Pace> answer : answers) {
            LoopStats.Pace pace = await(answer, asked);
            utilisation = Math.max(utilisation, pace.utilisation());
            lagMicros = Math.max(lagMicros, pace.lagP99Micros());
        }
        long now = System.nanoTime();
        long cpu = process.getProcessCpuTime();
        long gc = collectionMillis();
        Health health = new Health(
                (double) (cpu - cpuNanos) / Math.max(1, now - nanos),
                quota.cores(),
                residentBytes(),
                Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory(),
                gc - gcMillis,
                watchdog.takeStalledNanos() / 1e6,
                utilisation,
                lagMicros,
                process instanceof UnixOperatingSystemMXBean unix ? unix.getOpenFileDescriptorCount() : 0,
                process instanceof UnixOperatingSystemMXBean unix ? unix.getMaxFileDescriptorCount() : 0,
                ports.share());
        nanos = now;
        cpuNanos = cpu;
        gcMillis = gc;
        return health;
    }

    private static CompletableFuture<LoopStats.Pace> ask(Loop loop) {
        CompletableFuture<LoopStats.Pace> answer = new CompletableFuture<>();
        try {
            loop.execute(() -> answer.complete(loop.core().stats().take()));
        } catch (RejectedExecutionException e) {
            answer.complete(new LoopStats.Pace(0, 0, 0));
        }
        return answer;
    }

    /** A loop that does not answer is busy, and as late as we waited; its numbers come with the next call. */
    private static LoopStats.Pace await(CompletableFuture<LoopStats.Pace> answer, long asked) {
        try {
            return answer.get(Math.max(0, asked + ANSWER_NANOS - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException e) {
            // Answered below.
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
        long lateMicros = (System.nanoTime() - asked) / 1_000;
        return new LoopStats.Pace(1, lateMicros, lateMicros);
    }

    private long collectionMillis() {
        return collectors.stream()
                .mapToLong(GarbageCollectorMXBean::getCollectionTime)
                .sum();
    }

    private static long residentBytes() {
        try {
            return Long.parseLong(Files.readString(STATM).split(" ")[1]) * PAGE_BYTES;
        } catch (IOException e) {
            return 0;
        }
    }
}
