package io.vikhry.orchestrator.http;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.vikhry.runtime.scenario.ScenarioDescription;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a scenario declares, as the API tells of it. */
record ScenarioAnswer(
        String name,
        @JsonProperty("class") String className,
        String digest,
        String source,
        List<Param> params,
        List<ScenarioDescription.Step> steps,
        List<ScenarioDescription.Resource> resources,
        List<Probe> probes) {
    record Param(
            String name,
            String type,
            boolean required,
            @JsonProperty("default") @Nullable String defaultText,
            String description,
            @Nullable List<String> values) {}

    record Probe(String name, String every, String timeout, List<ProbeField> values) {
        private static Probe of(ScenarioDescription.Probe declared) {
            return new Probe(
                    declared.name(),
                    declared.every(),
                    declared.timeout(),
                    declared.values().stream()
                            .map(field -> new ProbeField(
                                    field.name(), field.type().name().toLowerCase(Locale.ROOT)))
                            .toList());
        }
    }

    record ProbeField(String name, String type) {}

    static ScenarioAnswer of(ScenarioDescription described) {
        return new ScenarioAnswer(
                described.name(),
                described.className(),
                described.digest(),
                described.source(),
                described.params().stream()
                        .map(p -> new Param(
                                p.name(), p.type(), p.required(), p.defaultText(), p.description(), p.values()))
                        .toList(),
                described.steps(),
                described.resources(),
                described.probes().stream().map(Probe::of).toList());
    }
}
