package io.vikhry.runtime.vu;

import io.vikhry.runtime.load.ArrivalSchedule;
import io.vikhry.runtime.load.LoadCurve;
import io.vikhry.runtime.load.VuSet;

/**
 * What one worker serves in the open model.
 *
 * @param pool the users it may have
 * @param initialUsers users of the pool below this number begin at once, the others when an arrival finds nobody free
 * @param rate arrivals per second of the whole cluster
 * @param part this worker's arrivals of them
 * @param t0Nanos the {@link System#nanoTime} at which the rate's time is 0
 * @param sinceNanos from when on the part is this worker's, in ns after t0: what is due before is by the part it had, if any
 */
public record ArrivalLoad(
        VuSet pool, int initialUsers, LoadCurve rate, ArrivalSchedule.Part part, long t0Nanos, long sinceNanos) {}
