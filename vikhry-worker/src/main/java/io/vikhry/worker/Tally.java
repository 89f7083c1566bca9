package io.vikhry.worker;

import io.vikhry.cluster.IntervalBatch;
import io.vikhry.cluster.RunPlan;
import io.vikhry.cluster.WorkerStatus;
import io.vikhry.runtime.engine.Engine;
import io.vikhry.runtime.vu.ArrivalCounts;
import io.vikhry.runtime.vu.Leash;
import io.vikhry.runtime.vu.Throttle;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the users of a run have come to on this worker, and how they are: what its status and its batches say of them. Any thread
 * may ask, but for {@link #abort}.
 */
final class Tally {
    private final RunPlan.LoadModel model;
    private final Crews<Crew> crews;
    private final Leash leash;
    private final Engine engine;
    private final Supplier<WorkerStatus.Health> health;
    private @Nullable String aborted;

    Tally(
            RunPlan.LoadModel model,
            Crews<Crew> crews,
            Leash leash,
            Engine engine,
            Supplier<WorkerStatus.Health> health) {
        this.model = model;
        this.crews = crews;
        this.leash = leash;
        this.engine = engine;
        this.health = health;
    }

    int activeVus() {
        Crew present = crews.present();
        return present == null ? 0 : present.users().activeVus();
    }

    /** What its users came to so far. */
    Crews.Counts counts() {
        return crews.counts();
    }

    /** Starts that were intended but have not happened: users in the closed model, arrivals in the open one. */
    long debt() {
        if (model == RunPlan.LoadModel.RATE) {
            return counts().arrivals().debt();
        }
        Crew present = crews.present();
        return present == null ? 0 : present.users().debt();
    }

    /** Whether there are users that may not send at this moment. */
    boolean parked() {
        Crew present = crews.present();
        return present != null && !present.ending() && !present.mayPass();
    }

    /** What its users do that spoils the measurement, or {@code null}. */
    @Nullable String warning() {
        Crew present = crews.present();
        return present == null ? null : present.users().warning().orElse(null);
    }

    /** Why the scenario asks to end the run, or {@code null}; once said, it stays. For the thread that makes the status. */
    @Nullable String abort() {
        Crew present = crews.present();
        if (aborted == null && present != null) {
            aborted = present.users().abortReason().orElse(null);
        }
        return aborted;
    }

    /** For a batch; {@code null} in the closed model. */
    IntervalBatch.@Nullable Arrivals arrivals() {
        if (model == RunPlan.LoadModel.USERS) {
            return null;
        }
        ArrivalCounts now = counts().arrivals();
        return new IntervalBatch.Arrivals(now.intended(), now.started(), now.completed());
    }

    /** For a batch. */
    IntervalBatch.Vitals vitals() {
        WorkerStatus.Health now = health.get();
        Throttle throttle = leash.throttle();
        Crews.Counts users = counts();
        return new IntervalBatch.Vitals(
                now.condition(),
                now.reasons(),
                parked(),
                engine.fallback(),
                users.started(),
                users.failed(),
                users.quit(),
                throttle == null ? 0 : throttle.heldRequests(),
                throttle == null ? 0 : throttle.heldMillis(),
                now.clockOffsetMicros());
    }
}
