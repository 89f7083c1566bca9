package io.vikhry.runtime.engine;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** What one loop costs: a task, a timer, a user that waits and goes on, a task from elsewhere. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(jvmArgsAppend = {"--add-opens=java.base/java.lang=ALL-UNNAMED", "--enable-native-access=ALL-UNNAMED"})
public class LoopBenchmark {
    private static final int MANY = 10_000;

    private final Engine engine = Engine.start(EngineOptions.defaults().withLoops(1));
    private final Loop loop = engine.loops().get(0);

    @Setup
    public void requireUsersOnTheLoop() {
        if (engine.fallback()) {
            throw new IllegalStateException("this would measure the fallback: " + engine.describe());
        }
    }

    @TearDown
    public void close() {
        engine.close();
    }

    private void onLoop(Runnable work) throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        loop.execute(() -> {
            work.run();
            done.countDown();
        });
        done.await();
    }

    /** A task that the loop gives itself. */
    @Benchmark
    @OperationsPerInvocation(MANY)
    public void task() throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        loop.execute(new Runnable() {
            private int left = MANY;

            @Override
            public void run() {
                if (--left > 0) {
                    loop.execute(this);
                } else {
                    done.countDown();
                }
            }
        });
        done.await();
    }

    /** A user parks, a task of the loop wakes it: what each request pays for straight-line code. */
    @Benchmark
    @OperationsPerInvocation(MANY)
    public void parkAndWake() throws InterruptedException {
        Thread user = loop.newThread("user", () -> {
            Thread self = Thread.currentThread();
            Runnable wake = () -> LockSupport.unpark(self);
            for (int i = 0; i < MANY; i++) {
                loop.execute(wake);
                LockSupport.park();
            }
        });
        user.start();
        user.join();
    }

    /** A request's timeout: armed, and cancelled when the answer came. */
    @Benchmark
    @OperationsPerInvocation(MANY)
    public void armAndCancel() throws InterruptedException {
        onLoop(() -> {
            Timer timer = loop.timer(() -> {});
            for (int i = 0; i < MANY; i++) {
                timer.arm(30_000_000_000L);
                timer.cancel();
            }
        });
    }

    /** From another thread to a loop that sleeps, and back. */
    @Benchmark
    public void roundTripFromElsewhere() throws InterruptedException {
        onLoop(() -> {});
    }
}
