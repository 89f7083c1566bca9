package io.vikhry.runtime.http;

import io.vikhry.api.Http;
import io.vikhry.runtime.engine.Engine;
import io.vikhry.runtime.engine.EngineOptions;
import io.vikhry.runtime.engine.EngineOptions.Scheduler;
import io.vikhry.runtime.engine.EngineOptions.Transport;
import io.vikhry.runtime.engine.Loop;
import io.vikhry.runtime.metrics.Collector;
import io.vikhry.runtime.metrics.ErrorSnapshot;
import io.vikhry.runtime.metrics.IntervalSnapshot;
import io.vikhry.runtime.metrics.SeriesSnapshot;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** An engine with one VU's worth of surroundings, and what was measured in it. */
final class TestOwner implements ClientOwner, AutoCloseable {
    /** How the engine runs. */
    record Mode(Transport transport, Scheduler scheduler) {
        static Stream<Mode> all() {
            return Stream.of(Transport.EPOLL, Transport.NIO, Transport.IO_URING)
                    .filter(Transport::isAvailable)
                    .flatMap(t -> Stream.of(new Mode(t, Scheduler.LOOP), new Mode(t, Scheduler.FALLBACK)));
        }
    }

    private final Engine engine;
    private final Loop loop;
    private final Collector collector;
    private final List<IntervalSnapshot> intervals = new CopyOnWriteArrayList<>();
    private final List<AutoCloseable> clients = new CopyOnWriteArrayList<>();
    private final Repertoires repertoires = new Repertoires();
    volatile String step = "step";
    volatile long latenessNanos;
    volatile boolean timeUp;
    volatile boolean wasInterrupted = true;
    volatile Gate gate = Gate.OPEN;
    volatile Predicate<String> allowed = host -> true;

    TestOwner(Mode mode) {
        engine = Engine.start(EngineOptions.defaults()
                .withLoops(1)
                .withTransport(mode.transport)
                .withScheduler(mode.scheduler));
        loop = engine.nextLoop();
        collector = Collector.start(List.of(loop.recorder()), System::currentTimeMillis, () -> 1, intervals::add);
    }

    /** What a VU does, on a VU's thread of this loop. */
    <T> T onVu(Callable<T> work) throws Exception {
        try {
            return start(work).get(30, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    /** As {@link #onVu}, without waiting. */
    <T> CompletableFuture<T> start(Callable<T> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        loop.start("vu", () -> {
            try {
                result.complete(work.call());
            } catch (Throwable t) {
                result.completeExceptionally(t);
            }
        });
        return result;
    }

    Http.Builder http(URI base) {
        return HttpClients.builder(this, base);
    }

    /** All codes of a series recorded so far, with their counts. Ends the collecting. */
    Map<String, Long> codes(String series) {
        Map<String, Long> codes = new HashMap<>();
        all(series).forEach(s -> s.codes().forEach((code, n) -> codes.merge(code, n, Long::sum)));
        codes.values().removeIf(n -> n == 0);
        return codes;
    }

    long failures(String series) {
        return all(series).stream().mapToLong(SeriesSnapshot::failures).sum();
    }

    /** The seconds of a series that had samples. Ends the collecting. */
    List<SeriesSnapshot> all(String series) {
        collector.flush();
        List<SeriesSnapshot> found = new ArrayList<>();
        for (IntervalSnapshot interval : intervals) {
            interval.series().stream().filter(s -> s.name().equals(series)).forEach(found::add);
        }
        return found;
    }

    List<ErrorSnapshot> errors() {
        collector.flush();
        return intervals.stream().flatMap(i -> i.errors().stream()).toList();
    }

    void closeClients() throws Exception {
        for (AutoCloseable client : clients) {
            client.close();
        }
    }

    @Override
    public Engine engine() {
        return engine;
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
    public boolean isTimeUp() {
        return timeUp;
    }

    @Override
    public boolean wasInterrupted() {
        return wasInterrupted;
    }

    @Override
    public Repertoires repertoires() {
        return repertoires;
    }

    @Override
    public Gate gate() {
        return gate;
    }

    @Override
    public boolean mayCall(String host, int port) {
        return allowed.test(host);
    }

    @Override
    public void closeAtEnd(AutoCloseable client) {
        clients.add(client);
    }

    @Override
    public void close() throws Exception {
        closeClients();
        collector.close();
        engine.close();
    }
}
