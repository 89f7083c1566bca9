package io.vikhry.orchestrator.run;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The run that had ended when this orchestrator began to lead. It is only to be shown, so it is waited for a moment, and if there is
 * more to read of it, it comes when it has been read. For the conductor's thread, but for {@link #head}.
 */
final class PastRun {
    private static final Logger LOG = LoggerFactory.getLogger(PastRun.class);
    private static final Duration MOMENT = Duration.ofMillis(500);

    private final Succession succession;
    private final Executor readers;
    private @Nullable Reading<Optional<Run>> reading;
    private volatile @Nullable RunHead head;

    PastRun(Succession succession, Executor readers) {
        this.succession = succession;
        this.readers = readers;
    }

    /** Has it read; the run, if that takes only a moment. */
    Optional<Run> read(String runId) {
        forget();
        head = succession.head(runId).orElse(null);
        reading = Reading.begin(readers, heartbeat -> succession.past(runId, heartbeat));
        Optional<Run> run = take(MOMENT);
        if (reading != null) {
            LOG.info("The numbers of run {} are read beside other things", runId);
        }
        return run;
    }

    /** What was asked for with it, before it has been read and after; for any thread. */
    Optional<RunHead> head() {
        return Optional.ofNullable(head);
    }

    /** The run, when it has come to be read since it was asked for last. */
    Optional<Run> take() {
        return take(Duration.ZERO);
    }

    private Optional<Run> take(Duration patience) {
        Reading<Optional<Run>> begun = reading;
        if (begun == null || !begun.done(patience)) {
            return Optional.empty();
        }
        reading = null;
        try {
            return begun.result();
        } catch (RuntimeException e) {
            // Better a cluster whose last run is not shown than one that nobody leads.
            LOG.error("The last run cannot be shown", e);
            return Optional.empty();
        }
    }

    /** Lets go of it: there is another. */
    void forget() {
        head = null;
        if (reading != null) {
            reading.drop();
            reading = null;
        }
    }
}
