package io.vikhry.runtime.vu;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vikhry.api.TogetherException;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** A value that is computed once in a run, and its way through JSON; without a type it is what JSON itself makes of it. */
final class OnceValue<T> {
    private final String key;
    private final @Nullable Class<T> type;
    private final ObjectMapper json;

    OnceValue(String key, @Nullable Class<T> type, ObjectMapper json) {
        this.key = key;
        this.type = type;
        this.json = json;
    }

    /** The value, computed by {@code body} unless somebody else does or did. */
    T from(Commons commons, long vuId, Duration timeout, Callable<T> body) throws Exception {
        return read(commons.once(key, vuId, timeout, () -> write(body.call())));
    }

    private String write(@Nullable T value) {
        if (value == null) {
            throw new TogetherException("once(\"" + key + "\") computed null: return a value");
        }
        String name = value.getClass().getSimpleName();
        String text;
        try {
            text = json.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new TogetherException(
                    "once(\"" + key + "\") computed a " + name + " that JSON cannot carry: " + e.getOriginalMessage(),
                    e);
        }
        T again = read(text);
        if (type == null && !again.equals(value)) {
            throw new TogetherException("once(\"" + key + "\") computed a " + name
                    + ", which comes out of JSON as something else: name the type, once(\"" + key + "\", " + name
                    + ".class, …)");
        }
        return text;
    }

    @SuppressWarnings(
            "unchecked") // without a type the caller takes what JSON makes, and write has seen that it is the same
    private T read(String text) {
        Object value;
        try {
            value = type == null ? json.readValue(text, Object.class) : json.readValue(text, type);
        } catch (JsonProcessingException e) {
            throw new TogetherException(
                    "the value of once(\"" + key + "\") is no " + (type == null ? "JSON" : type.getSimpleName()) + ": "
                            + e.getOriginalMessage(),
                    e);
        }
        if (value == null) {
            throw new TogetherException("once(\"" + key + "\") has no value");
        }
        return (T) value;
    }
}
