package io.vikhry.orchestrator.http;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vikhry.orchestrator.run.Json;
import io.vikhry.orchestrator.run.Refusal;
import io.vikhry.runtime.scenario.Spelling;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The JSON object that a request carries, read field by field; what is wrong is refused by the field's name. */
final class Body {
    private static final ObjectMapper MAPPER = Json.MAPPER.copy().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

    /** What a parser says to who programs it, and not to who wrote the body. */
    private static final String PARSER_TALK =
            ", from `StreamReadConstraints[^`]*`|( \\((start marker at|bound as) |: enable `).*";

    private final JsonNode json;
    /** What its fields' names begin with, where it is part of another. */
    private final String prefix;

    private Body(JsonNode json, String prefix) {
        this.json = json;
        this.prefix = prefix;
    }

    /** The object in {@code name}, empty where there is none; fields other than {@code fields} are refused. */
    Body object(String name, String... fields) {
        JsonNode inner = json.get(name);
        if (inner == null || inner.isNull()) {
            return new Body(MAPPER.createObjectNode(), name + ".");
        }
        if (!inner.isObject()) {
            throw invalid(name, "must be an object, not " + shown(inner));
        }
        refuseOthers(inner, name + ".", List.of(fields));
        return new Body(inner, name + ".");
    }

    /** A list of strings, empty where there is none. */
    List<String> list(String field, int longest) {
        JsonNode values = json.get(field);
        if (values == null || values.isNull()) {
            return List.of();
        }
        if (!values.isArray() || values.size() > longest) {
            throw invalid(field, "must be a list of at most " + longest + " strings, not " + shown(values));
        }
        List<String> texts = new ArrayList<>();
        for (JsonNode value : values) {
            if (!value.isTextual()) {
                throw invalid(field, "must be a list of strings, not " + shown(values));
            }
            texts.add(value.asText());
        }
        return texts;
    }

    /** Parses; fields other than {@code fields} are refused. */
    static Body of(byte[] bytes, String... fields) {
        JsonNode json;
        try {
            json = MAPPER.readTree(bytes);
        } catch (JsonProcessingException e) {
            throw new Refusal(
                    Refusal.Code.INVALID_JSON,
                    "The body is not JSON: " + e.getOriginalMessage().replaceAll(PARSER_TALK, ""));
        } catch (IOException e) {
            throw new Refusal(Refusal.Code.INVALID_JSON, "The body is not JSON: " + e.getMessage());
        }
        if (!json.isObject()) {
            throw new Refusal(Refusal.Code.INVALID_JSON, "The body must be a JSON object, such as {\"users\": 10}.");
        }
        refuseOthers(json, "", List.of(fields));
        return new Body(json, "");
    }

    private static void refuseOthers(JsonNode json, String prefix, List<String> known) {
        json.fieldNames().forEachRemaining(name -> {
            if (!known.contains(name)) {
                throw unknown(
                        "field",
                        prefix + name,
                        known.stream().map(k -> prefix + k).toList());
            }
        });
    }

    static Refusal unknown(String what, String name, List<String> known) {
        Optional<String> meant = Spelling.nearest(name, known);
        String hint = meant.map(n -> "did you mean " + n + "?")
                .orElse(known.isEmpty() ? "none is known here." : "known are " + String.join(", ", known) + ".");
        return new Refusal(
                Refusal.Code.UNKNOWN_FIELD, "Unknown " + what + " " + name + "; " + hint, Map.of("field", name));
    }

    /** A whole number that must be there. */
    int wholeNumber(String field, int min, int max) {
        JsonNode value = json.get(field);
        if (value == null || value.isNull()) {
            throw invalid(field, "is missing; it must be a whole number from " + min + " to " + max);
        }
        BigDecimal number = value.isNumber() && finite(value) ? value.decimalValue() : null;
        if (number == null
                || number.stripTrailingZeros().scale() > 0
                || number.compareTo(BigDecimal.valueOf(min)) < 0
                || number.compareTo(BigDecimal.valueOf(max)) > 0) {
            throw invalid(field, "must be a whole number from " + min + " to " + max + ", not " + shown(value));
        }
        return number.intValueExact();
    }

    /** A text that must be there, of 1 to {@code longest} characters. */
    String text(String field, int longest) {
        JsonNode value = json.get(field);
        if (value == null
                || !value.isTextual()
                || value.asText().isBlank()
                || value.asText().length() > longest) {
            throw invalid(
                    field,
                    "must be a text of 1 to " + longest + " characters, not "
                            + (value == null ? "missing" : shown(value)));
        }
        return value.asText();
    }

    /** {@code true} or {@code false}; false where it is absent. */
    boolean flag(String field) {
        JsonNode value = json.get(field);
        if (value != null && !value.isNull() && !value.isBoolean()) {
            throw invalid(field, "must be true or false, not " + shown(value));
        }
        return value != null && value.asBoolean();
    }

    /** The elements of an array that must be there, each as JSON. */
    List<String> values(String field) {
        JsonNode values = json.get(field);
        if (values == null || !values.isArray() || values.isEmpty()) {
            throw invalid(field, "must be an array of at least one value");
        }
        List<String> texts = new ArrayList<>();
        values.forEach(value -> {
            if (value.isNull()) {
                throw invalid(field, "must not hold null");
            }
            texts.add(value.toString());
        });
        return texts;
    }

    /** Whether the field is there and not null. */
    boolean has(String field) {
        JsonNode value = json.get(field);
        return value != null && !value.isNull();
    }

    /** A number that must be there, 0 or more. */
    double number(String field, double max) {
        JsonNode value = json.get(field);
        double number = value != null && value.isNumber() ? value.doubleValue() : Double.NaN;
        if (!(number >= 0 && number <= max)) {
            throw invalid(
                    field,
                    "must be a number from 0 to " + BigDecimal.valueOf(max).toPlainString() + ", not "
                            + (value == null ? "missing" : shown(value)));
        }
        return number;
    }

    /** One of the constants, in lower case, or {@code absent}. */
    <E extends Enum<E>> E oneOf(String field, E absent) {
        JsonNode value = json.get(field);
        if (value == null || value.isNull()) {
            return absent;
        }
        List<E> constants = List.of(absent.getDeclaringClass().getEnumConstants());
        return constants.stream()
                .filter(c ->
                        value.isTextual() && c.name().toLowerCase(Locale.ROOT).equals(value.asText()))
                .findFirst()
                .orElseThrow(() -> invalid(
                        field,
                        "must be one of "
                                + constants.stream()
                                        .map(c -> c.name().toLowerCase(Locale.ROOT))
                                        .collect(Collectors.joining(", "))
                                + ", not " + shown(value)));
    }

    /** Refuses {@code field}, which is there but means nothing {@code why}. */
    Refusal without(String field, String why) {
        return invalid(field, why);
    }

    /** Seconds, or {@code absent} where there are none. */
    Duration seconds(String field, Duration absent, double maxSeconds) {
        Duration given = seconds(field, maxSeconds, true);
        return given == null ? absent : given;
    }

    /** Seconds greater than 0, or {@code null} where there are none. */
    @Nullable Duration positiveSeconds(String field, double maxSeconds) {
        return seconds(field, maxSeconds, false);
    }

    /** A whole number of 64 bits, or {@code null} where there is none. */
    @Nullable Long longOrNull(String field) {
        JsonNode value = json.get(field);
        if (value == null || value.isNull()) {
            return null;
        }
        BigInteger number = value.isIntegralNumber() ? value.bigIntegerValue() : null;
        if (number == null || number.bitLength() > 63) {
            throw invalid(field, "must be a whole number of at most 64 bits or null, not " + shown(value));
        }
        return number.longValueExact();
    }

    /** Strings, numbers and booleans by name, as text. */
    Map<String, String> texts(String field) {
        JsonNode values = json.get(field);
        if (values == null || values.isNull()) {
            return Map.of();
        }
        if (!values.isObject()) {
            throw invalid(field, "must be an object of values by name, not " + shown(values));
        }
        Map<String, String> texts = new LinkedHashMap<>();
        values.properties().forEach(entry -> {
            JsonNode value = entry.getValue();
            if (!value.isTextual() && !value.isNumber() && !value.isBoolean()) {
                throw invalid(
                        field + "." + entry.getKey(), "must be a string, a number or a boolean, not " + shown(value));
            }
            texts.put(entry.getKey(), value.asText());
        });
        return texts;
    }

    private @Nullable Duration seconds(String field, double maxSeconds, boolean zero) {
        JsonNode value = json.get(field);
        if (value == null || value.isNull()) {
            return null;
        }
        double seconds = value.isNumber() ? value.doubleValue() : Double.NaN;
        if (!(zero ? seconds >= 0 : seconds >= 0.001) || seconds > maxSeconds) {
            throw invalid(
                    field,
                    "must be a number of seconds " + (zero ? "from 0" : "greater than 0") + " up to "
                            + BigDecimal.valueOf(maxSeconds)
                                    .stripTrailingZeros()
                                    .toPlainString() + ", not " + shown(value));
        }
        return Duration.ofMillis(Math.round(seconds * 1000));
    }

    private static boolean finite(JsonNode value) {
        // A number such as 1e999999999 is a small text and a huge integer.
        return Math.abs(value.doubleValue()) < 1e18;
    }

    private Refusal invalid(String field, String problem) {
        String full = prefix + field;
        return new Refusal(Refusal.Code.INVALID_VALUE, full + " " + problem + ".", Map.of("field", full));
    }

    private static String shown(JsonNode value) {
        String text = value.toString();
        return text.length() <= 60 ? text : text.substring(0, 57) + "...";
    }
}
