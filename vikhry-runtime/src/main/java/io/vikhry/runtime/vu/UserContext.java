package io.vikhry.runtime.vu;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.vikhry.api.Http;
import io.vikhry.api.Metric;
import io.vikhry.api.Resources;
import io.vikhry.api.VuContext;
import io.vikhry.runtime.engine.Engine;
import io.vikhry.runtime.engine.Loop;
import io.vikhry.runtime.engine.Respite;
import io.vikhry.runtime.http.ClientOwner;
import io.vikhry.runtime.http.Gate;
import io.vikhry.runtime.http.HttpClients;
import io.vikhry.runtime.http.OpenClients;
import io.vikhry.runtime.http.Repertoires;
import io.vikhry.runtime.metrics.GivenNames;
import io.vikhry.runtime.metrics.Kind;
import io.vikhry.runtime.metrics.Series;
import io.vikhry.runtime.scenario.ScenarioStep;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;

/**
 * What one user may ask of the runtime, and what its HTTP clients need of it. For the user's thread; where steps run beside one
 * another, each of their threads finds its own step in {@link StepScope}, as do the threads it starts.
 */
final class UserContext implements VuContext, ClientOwner {
    private static final RandomGeneratorFactory<RandomGenerator> RANDOM = RandomGeneratorFactory.of("L64X128MixRandom");

    private final RunSetting run;
    private final int vuId;
    private final Loop loop;
    private final Gate gate;
    private final OpenClients clients = new OpenClients();
    private @Nullable RandomGenerator random;
    private final AtomicReference<@Nullable LeasedResources> resources = new AtomicReference<>();
    private @Nullable Stretch stretch;
    private String step = "";
    private long latenessNanos;
    private volatile boolean stopped;
    private volatile @Nullable AtomicReferenceArray<@Nullable RandomGenerator> randomByStep;

    UserContext(RunSetting run, int vuId, Loop loop) {
        this.run = run;
        this.vuId = vuId;
        this.loop = loop;
        this.gate = run.gate(loop);
    }

    /** A step begins, or, with an empty name, has ended. */
    void enter(String stepName, long lateness) {
        step = stepName;
        latenessNanos = lateness;
    }

    /** The stretch of the user's own thread, before any code of the scenario runs. */
    void runOn(Stretch own) {
        stretch = own;
    }

    /** From now on steps run on threads of their own. */
    void beginParallel(int steps) {
        randomByStep = new AtomicReferenceArray<>(steps);
    }

    /** The calling thread, and those it will start, are about a step that runs beside others. */
    void enter(ScenarioStep own, long lateness, Stretch where) {
        new StepScope(this, own.index(), own.name(), lateness, where).enter();
    }

    private @Nullable StepScope scope() {
        return randomByStep == null ? null : StepScope.current(this);
    }

    /** Whether the scenario asked for the user's end. */
    boolean isStopped() {
        return stopped;
    }

    /** Closes the user's clients, now and those to come; what fails is given to {@code problem}. Any thread may call. */
    void closeClients(Consumer<Exception> problem) {
        clients.close(problem);
    }

    /** What it has leased, or {@code null} if it never asked for anything. */
    @Nullable LeasedResources leased() {
        return resources.get();
    }

    @Override
    public long vuId() {
        return vuId;
    }

    @Override
    public RandomGenerator random() {
        StepScope scope = scope();
        AtomicReferenceArray<@Nullable RandomGenerator> byStep = randomByStep;
        if (scope != null && byStep != null) {
            RandomGenerator r = byStep.get(scope.index());
            if (r == null) {
                r = RANDOM.create(RunSetting.mix(RunSetting.mix(run.seed(), vuId), scope.index()));
                byStep.set(scope.index(), r);
            }
            return r;
        }
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
        LeasedResources r = resources.get();
        if (r != null) {
            return r;
        }
        LeasedResources fresh = new LeasedResources(vuId, run.leases(), run.scenario(), waits());
        LeasedResources other = resources.compareAndExchange(null, fresh);
        return other == null ? fresh : other;
    }

    @Override
    public void pause(Duration duration) {
        long until = System.nanoTime() + Math.max(0, duration.toNanos());
        while (true) {
            if (Thread.currentThread().isInterrupted()) {
                Respite.take();
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
        Series series = loop.recorder().series(Kind.FLOW, step(), GivenNames.series("flow", name));
        long begin = System.nanoTime();
        Throwable thrown = null;
        try {
            return body.call();
        } catch (Throwable e) {
            thrown = e;
            throw e;
        } finally {
            long service = System.nanoTime() - begin;
            series.record(latenessNanos() + service, service, thrown != null, flowCode(thrown), 0, 0);
        }
    }

    private String flowCode(@Nullable Throwable thrown) {
        Section.Cause cause = thrown == null ? null : cause();
        return cause == null && thrown instanceof InterruptedException
                ? Outcome.CANCELLED
                : Outcome.code(thrown, cause);
    }

    @Override
    public Metric metric(String name) {
        return new OwnMetric(name, loop.recorder().series(Kind.CUSTOM, step(), GivenNames.series("metric", name)));
    }

    @Override
    public void stop() {
        stopped = true;
    }

    @Override
    public <T> T offload(Callable<T> work) throws Exception {
        StepScope scope = scope();
        return run.offload().call(scope == null ? work : () -> scope.call(work));
    }

    @Override
    public <T> T once(String key, @Nullable Class<T> type, Duration timeout, Callable<T> body) throws Exception {
        return new OnceValue<>(key, type, run.scenario().json()).from(run.commons(), vuId, timeout, body);
    }

    @Override
    public void barrier(String name, Duration timeout) {
        try {
            waits().time("barrier " + name, () -> {
                run.commons().barrier(name, vuId, timeout);
                return true;
            });
        } catch (InterruptedException e) {
            Respite.take();
            throw new CancelledException("interrupted at barrier \"" + name + "\"");
        }
    }

    private Waits waits() {
        return new Waits(loop, this::step);
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
        StepScope scope = scope();
        return scope == null ? step : scope.step();
    }

    @Override
    public long latenessNanos() {
        StepScope scope = scope();
        return scope == null ? latenessNanos : scope.latenessNanos();
    }

    @Override
    public boolean isTimeUp() {
        return cause() == Section.Cause.TIMEOUT;
    }

    @Override
    public boolean wasInterrupted() {
        return cause() != null;
    }

    /** Why what it is doing was interrupted, or {@code null}. */
    private Section.@Nullable Cause cause() {
        StepScope scope = scope();
        Stretch where = scope == null ? stretch : scope.stretch();
        return where == null ? null : where.cause();
    }

    @Override
    public Gate gate() {
        return gate;
    }

    @Override
    public Repertoires repertoires() {
        return run.repertoires(loop);
    }

    @Override
    public boolean mayCall(String host, int port) {
        return run.hosts().permits(host, port);
    }

    @Override
    public ObjectMapper json() {
        return run.scenario().json();
    }

    @Override
    public void closeAtEnd(AutoCloseable client) {
        clients.add(client);
    }

    @Override
    public void forget(AutoCloseable client) {
        clients.remove(client);
    }
}
