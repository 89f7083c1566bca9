package io.vikhry.runtime.vu;

import io.vikhry.api.Http;
import io.vikhry.api.Metric;
import io.vikhry.api.Resources;
import io.vikhry.api.VuContext;
import io.vikhry.runtime.engine.Engine;
import io.vikhry.runtime.engine.Loop;
import io.vikhry.runtime.http.ClientOwner;
import io.vikhry.runtime.http.Gate;
import io.vikhry.runtime.http.HttpClients;
import io.vikhry.runtime.metrics.Kind;
import io.vikhry.runtime.metrics.Series;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;

/** What one user may ask of the runtime, and what its HTTP clients need of it. For the user's thread. */
final class UserContext implements VuContext, ClientOwner {
    private static final RandomGeneratorFactory<RandomGenerator> RANDOM = RandomGeneratorFactory.of("L64X128MixRandom");

    private final RunSetting run;
    private final int vuId;
    private final Loop loop;
    private final List<AutoCloseable> clients = new CopyOnWriteArrayList<>();
    private @Nullable RandomGenerator random;
    private @Nullable LeasedResources resources;
    private String step = "";
    private long latenessNanos;
    private volatile boolean stopped;

    UserContext(RunSetting run, int vuId, Loop loop) {
        this.run = run;
        this.vuId = vuId;
        this.loop = loop;
    }

    /** A step begins, or, with an empty name, has ended. */
    void enter(String stepName, long lateness) {
        step = stepName;
        latenessNanos = lateness;
    }

    /** Whether the scenario asked for the user's end. */
    boolean isStopped() {
        return stopped;
    }

    /** Closes the user's clients; what fails is given to {@code problem}, and the others are closed all the same. */
    void closeClients(Consumer<Exception> problem) {
        for (AutoCloseable client : clients) {
            try {
                client.close();
            } catch (Exception e) {
                problem.accept(e);
            }
        }
        clients.clear();
    }

    /** What it has leased, or {@code null} if it never asked for anything. */
    @Nullable LeasedResources leased() {
        return resources;
    }

    @Override
    public long vuId() {
        return vuId;
    }

    @Override
    public RandomGenerator random() {
        RandomGenerator r = random;
        if (r == null) {
            r = RANDOM.create(RunSetting.mix(run.seed(), vuId));
            random = r;
        }
        return r;
    }

    @Override
    public Http.Builder http(URI baseUrl) {
        return HttpClients.builder(this, baseUrl);
    }

    @Override
    public Resources resources() {
        LeasedResources r = resources;
        if (r == null) {
            r = new LeasedResources(vuId, run.leases(), run.scenario().json());
            resources = r;
        }
        return r;
    }

    @Override
    public void pause(Duration duration) {
        long until = System.nanoTime() + Math.max(0, duration.toNanos());
        while (true) {
            if (Thread.currentThread().isInterrupted()) {
                throw new CancelledException("interrupted in a pause: the user is to end, or its step's time is over");
            }
            long left = until - System.nanoTime();
            if (left <= 0) {
                return;
            }
            LockSupport.parkNanos(this, left);
        }
    }

    @Override
    public <T> T flow(String name, Callable<T> body) throws Exception {
        Series series = loop.recorder().series(Kind.FLOW, step, name);
        long begin = System.nanoTime();
        Throwable thrown = null;
        try {
            return body.call();
        } catch (Throwable e) {
            thrown = e;
            throw e;
        } finally {
            long service = System.nanoTime() - begin;
            series.record(latenessNanos + service, service, thrown != null, flowCode(thrown), 0, 0);
        }
    }

    private static String flowCode(@Nullable Throwable thrown) {
        return thrown instanceof InterruptedException ? Outcome.CANCELLED : Outcome.code(thrown, null);
    }

    @Override
    public Metric metric(String name) {
        Series series = loop.recorder().series(Kind.CUSTOM, step, name);
        return new Metric() {
            @Override
            public void record(Duration duration) {
                series.record(nanos(duration), nanos(duration), false, Outcome.OK, 0, 0);
            }

            @Override
            public void recordFailure(Duration duration, String code) {
                series.record(nanos(duration), nanos(duration), true, code, 0, 0);
            }

            private long nanos(Duration duration) {
                if (duration.isNegative()) {
                    throw new IllegalArgumentException("metric \"" + name + "\": " + duration + " is negative");
                }
                return duration.toNanos();
            }
        };
    }

    @Override
    public void stop() {
        stopped = true;
    }

    @Override
    public <T> T offload(Callable<T> work) throws Exception {
        return run.offload().call(work);
    }

    @Override
    public Engine engine() {
        return run.engine();
    }

    @Override
    public Loop loop() {
        return loop;
    }

    @Override
    public String step() {
        return step;
    }

    @Override
    public long latenessNanos() {
        return latenessNanos;
    }

    @Override
    public Gate gate() {
        return run.fence();
    }

    @Override
    public void closeAtEnd(AutoCloseable client) {
        clients.add(client);
    }
}
