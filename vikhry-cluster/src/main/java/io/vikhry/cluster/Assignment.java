package io.vikhry.cluster;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who runs what, as state: replaced as a whole, each time with the next version. User number {@code i} of a worker's ranges is
 * at work at time t when {@code i < f(t)}; so a change of load changes only {@code stages}, and its size does not depend on the
 * number of users.
 *
 * @param runId the run it belongs to
 * @param epoch the run's epoch
 * @param version 1 and up within a run; applying one twice changes nothing, an older one is ignored
 * @param phase whether the load runs or ends
 * @param t0Millis cluster time at which the load begins, in ms since 1970
 * @param stages the load curve so far
 * @param dealtMillis cluster time from which the shares' arrivals are as said here: what is due before is by the deal before
 * @param shares what each worker runs, by worker id; a worker that is not in it runs nothing
 * @param drainMillis in {@link Phase#DRAIN}: how long a user may take to finish before it is interrupted
 */
public record Assignment(
        String runId,
        long epoch,
        long version,
        Phase phase,
        long t0Millis,
        List<LoadStage> stages,
        long dealtMillis,
        Map<String, Share> shares,
        long drainMillis) {

    /** An assignment of the first deal: its arrivals are as said from the beginning. */
    public Assignment(
            String runId,
            long epoch,
            long version,
            Phase phase,
            long t0Millis,
            List<LoadStage> stages,
            Map<String, Share> shares,
            long drainMillis) {
        this(runId, epoch, version, phase, t0Millis, stages, t0Millis, shares, drainMillis);
    }

    public Assignment {
        stages = List.copyOf(stages);
        shares = Map.copyOf(shares);
    }

    /** Whether the load runs or ends. */
    public enum Phase {
        /** Users are at work as the stages say. */
        RUN,
        /** Every user ends after its current step. */
        DRAIN
    }

    /**
     * One worker's part.
     *
     * @param ranges the users that only this worker may run
     * @param rateShare its part of the arrival rate, 0 to 1
     * @param fence the fence of the worker's lease that this was given to; void for any other
     * @param probes whether it runs the scenario's probes; one share at most
     * @param maxRps its part of the run's limit of requests per second, 0 or more; {@code null} in a run without one
     * @param rateFrom where its part of the arrivals begins, 0 to 1; the parts of all workers lie side by side
     */
    public record Share(
            @JsonSerialize(converter = RangeText.Writer.class) @JsonDeserialize(converter = RangeText.Reader.class)
            List<VuRange> ranges,

            double rateShare,
            long fence,
            boolean probes,
            @Nullable Integer maxRps,
            double rateFrom) {
        /** A share without the probes, the first of all. */
        public Share(List<VuRange> ranges, double rateShare, long fence) {
            this(ranges, rateShare, fence, false, null, 0);
        }

        public Share {
            ranges = List.copyOf(ranges);
        }

        /** The same, with another part of the limit of requests per second. */
        public Share withMaxRps(@Nullable Integer part) {
            return new Share(ranges, rateShare, fence, probes, part, rateFrom);
        }
    }
}
