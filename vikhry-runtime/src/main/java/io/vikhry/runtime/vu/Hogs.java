package io.vikhry.runtime.vu;

import io.vikhry.runtime.engine.Stall;
import io.vikhry.runtime.metrics.Kind;
import io.vikhry.runtime.metrics.Series;
import io.vikhry.runtime.scenario.LoadedScenario;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Names the places of a scenario that hold their loop: in the log once for each place, among the errors each time. The engine's
 * watchdog calls; any thread may read.
 */
final class Hogs {
    static final String CODE = "HOLDS_LOOP";
    static final String PINNED = "PINNED";

    private static final Logger LOG = LoggerFactory.getLogger(Hogs.class);
    private static final int FRAMES = 40;

    private final LoadedScenario scenario;
    private final Function<Thread, @Nullable String> stepOn;
    private final Map<String, AtomicLong> places = new ConcurrentHashMap<>();
    private volatile @Nullable String latest;

    /** {@code stepOn} says what one of the users' own threads is doing, or {@code null}. */
    Hogs(LoadedScenario scenario, Function<Thread, @Nullable String> stepOn) {
        this.scenario = scenario;
        this.stepOn = stepOn;
    }

    void found(Stall stall) {
        StackTraceElement own = stall.stack().stream()
                .filter(frame -> scenario.owns(frame.getClassName()))
                .findFirst()
                .orElse(null);
        String step = stepOn.apply(stall.thread());
        if (own == null && step == null) {
            // A virtual thread of another run, or of the engine's own trial.
            return;
        }
        StackTraceElement inner = stall.stack().getFirst();
        String place = own == null
                ? scenario.name()
                : own.getClassName() + "." + own.getMethodName() + "(" + own.getFileName() + ":" + own.getLineNumber()
                        + ")";
        String message = scenario.name()
                + (step == null ? "" : " in " + step)
                + (stall.pinned()
                        ? " waits and cannot let go of its loop at " + place
                                + ": move the wait out of the static initialiser or native call"
                        : " holds its loop at " + place + ": use offload(…) for what blocks or computes long");
        String detail = "innermost: " + inner + "\n"
                + stall.stack().stream()
                        .limit(FRAMES)
                        .map(frame -> "    at " + frame)
                        .collect(Collectors.joining("\n"));
        long times = places.computeIfAbsent(message, p -> new AtomicLong()).incrementAndGet();
        latest = message;
        if (times == 1) {
            LOG.warn("{} (other users of that loop wait)\n{}", message, detail);
        }
        Series series = stall.loop().recorder().series(Kind.STEP, "", step == null ? scenario.name() : step);
        stall.loop().recorder().error(series, stall.pinned() ? PINNED : CODE, message, detail);
    }

    /** The place found last, and how often any was found; empty if none. */
    Optional<String> warning() {
        String message = latest;
        return message == null ? Optional.empty() : Optional.of(message + " (" + count() + " times in all)");
    }

    long count() {
        return places.values().stream().mapToLong(AtomicLong::get).sum();
    }
}
