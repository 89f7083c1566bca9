package io.vikhry.worker;

import io.vikhry.cluster.Safety;
import io.vikhry.runtime.http.AllowedHosts;
import io.vikhry.runtime.vu.Leash;
import io.vikhry.runtime.vu.Throttle;
import org.jspecify.annotations.Nullable;

/** What a run's requests may not do on one worker, and its part of the run's limit of requests per second. */
final class Restraint {
    private final Safety safety;
    private final String workerId;
    private final Leash leash;

    /** It lets nothing pass where there is a limit, until a part of it is given. */
    Restraint(Safety safety, String workerId) {
        this.safety = safety;
        this.workerId = workerId;
        this.leash = new Leash(AllowedHosts.of(safety.allowedHosts()), safety.maxRps() == null ? null : new Throttle());
    }

    /** What all requests must keep to, those of factories too. */
    Leash leash() {
        return leash;
    }

    /** Nothing is assigned yet: the part is what the plan says. */
    void followPlan() {
        follow(safety.firstRps().get(workerId));
    }

    /** The part from now on; without a limit there is none. */
    void follow(@Nullable Integer perSecond) {
        Throttle throttle = leash.throttle();
        if (throttle != null) {
            throttle.share(perSecond == null ? 0 : perSecond);
        }
    }
}
