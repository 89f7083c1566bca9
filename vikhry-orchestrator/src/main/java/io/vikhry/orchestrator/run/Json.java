package io.vikhry.orchestrator.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;

/** The one way in which the orchestrator reads and writes JSON: names in {@code snake_case}. */
public final class Json {
    /** For all of it; safe for use by any thread. */
    public static final ObjectMapper MAPPER = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private Json() {}

    /** What is ours as JSON. */
    static byte[] bytes(Object ours) {
        try {
            return MAPPER.writeValueAsBytes(ours);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(ours.getClass().getSimpleName() + " cannot be written as JSON", e);
        }
    }
}
