package io.vikhry.runtime.scenario;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.vikhry.api.Http;
import io.vikhry.api.ResourceContext;
import io.vikhry.runtime.engine.Engine;
import io.vikhry.runtime.engine.Loop;
import io.vikhry.runtime.http.AllowedHosts;
import io.vikhry.runtime.http.Errand;
import io.vikhry.runtime.http.Gate;
import java.net.URI;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the items of a scenario's pools: runs its factories, each on a virtual thread of its own. */
public final class ResourceFactories {
    private static final Logger LOG = LoggerFactory.getLogger(ResourceFactories.class);

    private final LoadedScenario scenario;
    private final ParamValues params;
    private final Engine engine;
    private final AllowedHosts hosts;
    private final Function<Loop, Gate> gates;
    private final Set<Item> underWay = ConcurrentHashMap.newKeySet();

    /** As the other, without limits. */
    public ResourceFactories(LoadedScenario scenario, ParamValues params, Engine engine) {
        this(scenario, params, engine, AllowedHosts.ANY, loop -> Gate.OPEN);
    }

    /**
     * The factories of {@code scenario}, with the run's parameters; their HTTP clients use the loops of {@code engine}, speak to
     * {@code hosts} alone, and pass the gate of their loop.
     */
    public ResourceFactories(
            LoadedScenario scenario,
            ParamValues params,
            Engine engine,
            AllowedHosts hosts,
            Function<Loop, Gate> gates) {
        this.scenario = scenario;
        this.params = params;
        this.engine = engine;
        this.hosts = hosts;
        this.gates = gates;
    }

    /** Cuts the requests that factories have in flight. Whoever wants no further ones shuts their gate before. */
    public void cut() {
        underWay.forEach(Item::cut);
    }

    /** The pools that have a factory, in the order of the factories. */
    public Set<String> pools() {
        return scenario.factories().pools();
    }

    /**
     * Runs the factory of {@code pool} for item {@code id} and waits for it; safe to call from several threads at once.
     *
     * @param timeout how long it may take; then it is interrupted
     * @return the item as JSON
     * @throws ScenarioException if there is no such pool, the factory fails or takes too long, or JSON cannot carry the item
     */
    public String create(String pool, String id, Duration timeout) throws InterruptedException {
        String label = scenario.factories().label(pool);
        CompletableFuture<String> result = new CompletableFuture<>();
        Loop loop = engine.nextLoop();
        Thread thread = loop.newThread("resource-" + pool + "-" + id, () -> {
            try (Item item = new Item(pool, id, loop)) {
                result.complete(json(label, scenario.factories().make(pool, item)));
            } catch (Throwable e) {
                result.completeExceptionally(e);
            }
        });
        thread.setContextClassLoader(scenario.classLoader());
        thread.start();
        try {
            return result.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            thread.interrupt();
            throw new ScenarioException(label + " took longer than " + DurationText.format(timeout) + " for item " + id
                    + " of pool \"" + pool + "\" and was interrupted");
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            if (cause instanceof ScenarioException told) {
                throw told;
            }
            throw new ScenarioException(
                    label + " failed for item " + id + " of pool \"" + pool + "\": " + StackText.line(cause),
                    StackText.of(cause, scenario::owns),
                    cause);
        } catch (InterruptedException e) {
            thread.interrupt();
            throw e;
        }
    }

    private String json(String label, @Nullable Object item) {
        if (item == null) {
            throw new ScenarioException(label + " returned null: return the item");
        }
        try {
            return scenario.json().writeValueAsString(item);
        } catch (JsonProcessingException e) {
            throw new ScenarioException(
                    label + " returned a " + item.getClass().getSimpleName() + " that JSON cannot carry ("
                            + e.getOriginalMessage() + "): return a record of strings, numbers, lists and maps",
                    "",
                    e);
        }
    }

    /** What one call of a factory sees. */
    private final class Item implements ResourceContext, AutoCloseable {
        private final String pool;
        private final String id;
        private final Errand errand;

        Item(String pool, String id, Loop loop) {
            this.pool = pool;
            this.id = id;
            this.errand = new Errand(engine, loop, hosts, gates.apply(loop), scenario.json());
            underWay.add(this);
        }

        @Override
        public String id() {
            return id;
        }

        @Override
        public String pool() {
            return pool;
        }

        @Override
        public <T> T param(String name, Class<T> type) {
            return params.get(name, type);
        }

        @Override
        public Http.Builder http(URI baseUrl) {
            return errand.http(baseUrl);
        }

        /** Cuts its requests, those to come too. */
        void cut() {
            errand.end(e -> LOG.warn("An HTTP client of item {} of pool {} was not closed", id, pool, e));
        }

        @Override
        public void close() {
            underWay.remove(this);
            cut();
        }
    }
}
