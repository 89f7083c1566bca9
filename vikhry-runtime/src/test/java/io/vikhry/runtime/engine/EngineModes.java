package io.vikhry.runtime.engine;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.uring.IoUring;
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
            if (Epoll.isAvailable()) {
                modes.add(options(Transport.EPOLL, scheduler));
            }
            if (IoUring.isAvailable()) {
                modes.add(options(Transport.IO_URING, scheduler));
            }
            modes.add(options(Transport.NIO, scheduler));
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
