package io.vikhry.runtime.scenario;

import io.vikhry.api.OnError;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a scenario declares, as data for pages and APIs.
 *
 * @param name the class's simple name
 * @param className the class's binary name
 * @param digest SHA-256 of the bundle, 64 lower-case hex digits
 * @param source the name of the file it came from, without its directory
 * @param params parameters in the order of their fields
 * @param steps steps in the order of their methods, those of superclasses first
 * @param resources pools in the order of their factories
 * @param probes probes in the order of their methods
 */
public record ScenarioDescription(
        String name,
        String className,
        String digest,
        String source,
        List<Param> params,
        List<Step> steps,
        List<Resource> resources,
        List<Probe> probes) {

    public ScenarioDescription {
        params = List.copyOf(params);
        steps = List.copyOf(steps);
        resources = List.copyOf(resources);
        probes = List.copyOf(probes);
    }

    /**
     * A parameter.
     *
     * @param type {@code string}, {@code boolean}, {@code int}, {@code long}, {@code double}, {@code uri}, {@code duration} or
     *     {@code enum}
     * @param required whether it has no default
     * @param defaultText the default as text that may be given back, or {@code null} if it is required
     * @param description one line, may be empty
     * @param values the constants of an enum, else {@code null}
     */
    public record Param(
            String name,
            String type,
            boolean required,
            @Nullable String defaultText,
            String description,
            @Nullable List<String> values) {}

    /**
     * A step.
     *
     * @param weight greater than 0
     * @param requires names of the steps that must have succeeded before
     * @param every as written, {@code "200ms..1s"}, or {@code null}
     * @param timeout as written, or {@code null}
     * @param onError what follows when it fails
     */
    public record Step(
            String name,
            double weight,
            List<String> requires,
            @Nullable String every,
            @Nullable String timeout,
            OnError onError) {}

    /** A pool of resources with a factory. */
    public record Resource(String pool) {}

    /**
     * A probe.
     *
     * @param every from one start to the next: {@code "5s"}
     * @param timeout the longest one call may take
     * @param values what it returns: nothing, one value, or those of a record
     */
    public record Probe(String name, String every, String timeout, List<ProbeValue.Field> values) {
        public Probe {
            values = List.copyOf(values);
        }
    }
}
