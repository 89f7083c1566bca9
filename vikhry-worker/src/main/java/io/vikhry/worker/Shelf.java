package io.vikhry.worker;

import io.vikhry.api.VikhryException;
import io.vikhry.cluster.Bundles;
import io.vikhry.cluster.ClusterException;
import io.vikhry.runtime.scenario.LoadedScenario;
import io.vikhry.runtime.scenario.ScenarioBundle;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The scenarios this worker has loaded, by digest: the announced one, and the few before it that a run may still use. Loading
 * takes a thread of its own, one at a time; any thread may call.
 */
final class Shelf implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Shelf.class);
    private static final int ROOM = 3;
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Bundles bundles;
    private final Runnable changed;
    private final ArrayDeque<LoadedScenario> loaded = new ArrayDeque<>();
    private @Nullable String loading;
    private @Nullable Failure failure;

    /** {@code changed} is called after each load, from its thread. */
    Shelf(Bundles bundles, Runnable changed) {
        this.bundles = bundles;
        this.changed = changed;
    }

    /** The scenario of {@code digest}; if it is not here, it begins to be loaded. */
    synchronized Optional<LoadedScenario> want(String digest) {
        Optional<LoadedScenario> here = find(digest);
        if (here.isEmpty() && loading == null && (failure == null || failure.mayTryAgain(digest))) {
            loading = digest;
            Thread.ofPlatform().daemon().name("vikhry-load-scenario").start(() -> load(digest));
        }
        return here;
    }

    /** Whether it is loaded. */
    synchronized boolean has(String digest) {
        return find(digest).isPresent();
    }

    /** Why a scenario cannot be loaded, in one line. */
    synchronized Optional<String> error(String digest) {
        Failure last = failure;
        return last != null && last.digest.equals(digest) ? Optional.of(last.why) : Optional.empty();
    }

    private Optional<LoadedScenario> find(String digest) {
        return loaded.stream().filter(s -> s.bundle().digest().equals(digest)).findFirst();
    }

    private void load(String digest) {
        LoadedScenario scenario = null;
        Failure failed = null;
        try {
            byte[] bytes = bundles.get(digest)
                    .orElseThrow(() -> new ClusterException("the bundle " + digest.substring(0, 12)
                            + "… of the announced scenario is not in Redis: announce it again"));
            scenario = LoadedScenario.load(ScenarioBundle.read(bytes, digest));
            LOG.info("Scenario {} is loaded", scenario.describe().name());
        } catch (ClusterException e) {
            failed = new Failure(digest, Lines.first(e), System.nanoTime() + RETRY_NANOS);
        } catch (VikhryException e) {
            failed = new Failure(digest, Lines.first(e), null);
        } catch (RuntimeException | LinkageError e) {
            LOG.error("The scenario cannot be loaded", e);
            failed = new Failure(digest, "the scenario cannot be loaded: " + Lines.first(e), null);
        }
        synchronized (this) {
            loading = null;
            if (failed != null && !failed.equals(failure)) {
                LOG.error("{}", failed.why);
            }
            failure = failed;
            if (scenario != null) {
                loaded.addFirst(scenario);
                if (loaded.size() > ROOM) {
                    loaded.removeLast().close();
                }
            }
        }
        changed.run();
    }

    @Override
    public synchronized void close() {
        loaded.forEach(LoadedScenario::close);
        loaded.clear();
    }

    /** Why a load failed, and when it is worth another try. */
    private record Failure(
            String digest, String why, @Nullable Long againNanos) {
        boolean mayTryAgain(String wanted) {
            return !wanted.equals(digest) || (againNanos != null && System.nanoTime() - againNanos > 0);
        }
    }
}
