package io.vikhry.runtime.engine;

import io.vikhry.runtime.engine.EngineOptions.Scheduler;
import io.vikhry.runtime.engine.EngineOptions.Transport;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The ways an engine can run on this machine: each transport with each scheduler. */
final class EngineModes {
    private EngineModes() {}

    static Stream<EngineOptions> all() {
        List<EngineOptions> modes = new ArrayList<>();
        for (Scheduler scheduler : List.of(Scheduler.LOOP, Scheduler.FALLBACK)) {
            Stream.of(Transport.EPOLL, Transport.IO_URING, Transport.NIO)
                    .filter(Transport::isAvailable)
                    .map(transport -> options(transport, scheduler))
                    .forEach(modes::add);
        }
        return modes.stream();
    }

    static Stream<EngineOptions> onLoops() {
        return all().filter(options -> options.scheduler() == Scheduler.LOOP);
    }

    private static EngineOptions options(Transport transport, Scheduler scheduler) {
        return EngineOptions.defaults().withLoops(2).withTransport(transport).withScheduler(scheduler);
    }
}
