package io.vikhry.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;

/** The cluster's records as JSON. Only into records named here by the caller: nothing in the text chooses a class. */
final class Json {
    private static final ObjectMapper MAPPER = JsonMapper.builder()
            // A newer vikhry may say more than this one knows.
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private Json() {}

    static byte[] write(Object value) {
        try {
            return MAPPER.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot be written as JSON: " + value.getClass(), e);
        }
    }

    static <T> T read(byte[] json, TypeReference<T> type, String key) {
        try {
            return MAPPER.readValue(json, type);
        } catch (IOException e) {
            throw new IllegibleException(
                    key + " in Redis holds no " + type.getType() + ": was it written by another program?", e);
        }
    }

    static <T> T read(byte[] json, Class<T> type, String key) {
        try {
            T value = MAPPER.readValue(json, type);
            if (value == null) {
                throw new IllegibleException(key + " in Redis holds no " + type.getSimpleName(), null);
            }
            return value;
        } catch (IOException | RuntimeException e) {
            if (e instanceof IllegibleException clear) {
                throw clear;
            }
            throw new IllegibleException(
                    key + " in Redis holds no " + type.getSimpleName() + ": was it written by another program?", e);
        }
    }
}
