package io.vikhry.runtime.probe;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** What probes saw and nobody has taken yet; the oldest go where too many wait. Safe for use by any thread. */
public final class ProbeLog implements Consumer<ProbeSample> {
    /** A second makes 200 of 20 probes that are called as often as they may. */
    private static final int ROOM = 2_000;

    private final ConcurrentLinkedQueue<ProbeSample> samples = new ConcurrentLinkedQueue<>();
    private final AtomicInteger size = new AtomicInteger();

    @Override
    public void accept(ProbeSample sample) {
        samples.add(sample);
        if (size.incrementAndGet() > ROOM && samples.poll() != null) {
            size.decrementAndGet();
        }
    }

    /** Takes what was seen since the last call. */
    public List<ProbeSample> drain() {
        List<ProbeSample> taken = new ArrayList<>();
        for (ProbeSample next = samples.poll(); next != null; next = samples.poll()) {
            size.decrementAndGet();
            taken.add(next);
        }
        return taken;
    }
}
