import io.vikhry.api.Param;
import io.vikhry.api.Step;
import io.vikhry.api.VU;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** Thinks for an hour. Says when the last of all users has begun to. */
public class Parked extends VU {
    private static final AtomicInteger PARKED = new AtomicInteger();
    private static volatile long firstNanos;

    @Param(description = "How many users there are")
    int all = 100_000;

    @Override
    public void onInit() {
        if (firstNanos == 0) {
            firstNanos = System.nanoTime();
        }
    }

    @Step
    void think() {
        if (PARKED.incrementAndGet() == all) {
            System.out.printf("parked: %d users, %.3f s after the first began%n", all, (System.nanoTime() - firstNanos) / 1e9);
        }
        pause(Duration.ofHours(1));
    }
}
