package io.vikhry.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.vikhry.runtime.vu.ArrivalCounts;
import io.vikhry.worker.Crews.Counts;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class CrewsTest {
    private final Crews<Counts> crews = new Crews<>(counts -> counts);

    @Test
    void whatEachCrewCameToIsKept() {
        crews.begin(counts(5));
        crews.retire();
        crews.begin(counts(7));

        assertThat(crews.counts()).isEqualTo(counts(12));
        assertThat(crews.present()).isEqualTo(counts(7));
        crews.retire();
        assertThat(crews.counts()).isEqualTo(counts(12));
        assertThat(crews.present()).isNull();
    }

    @Test
    void whoCountsWhileACrewRetiresMissesNothingAndCountsNothingTwice() throws Exception {
        AtomicLong begun = new AtomicLong();
        AtomicBoolean over = new AtomicBoolean();
        FutureTask<String> reading = new FutureTask<>(() -> {
            long before = 0;
            while (!over.get()) {
                long now = crews.counts().arrivals().completed();
                if (now < before || now > begun.get()) {
                    return now + " after " + before + ", of " + begun;
                }
                before = now;
            }
            return "all";
        });
        Thread.ofPlatform().daemon().start(reading);
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
        while (System.nanoTime() < until && !reading.isDone()) {
            begun.incrementAndGet();
            crews.begin(counts(1));
            crews.retire();
        }
        over.set(true);

        assertThat(reading.get(10, TimeUnit.SECONDS)).isEqualTo("all");
    }

    private static Counts counts(long each) {
        return new Counts(each, each, each, new ArrivalCounts(each, each, each));
    }
}
