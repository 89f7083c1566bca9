package io.vikhry.runtime.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.jayway.jsonpath.Configuration;
import com.jayway.jsonpath.InvalidPathException;
import com.jayway.jsonpath.JsonPath;
import com.jayway.jsonpath.JsonPathException;
import com.jayway.jsonpath.Option;
import com.jayway.jsonpath.PathNotFoundException;
import com.jayway.jsonpath.spi.json.JacksonJsonNodeJsonProvider;
import com.jayway.jsonpath.spi.mapper.JacksonMappingProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Finds values in responses by expressions, each compiled once for all users. A scenario has few of them; one that makes
 * expressions out of data would fill the memory, so above a limit all are forgotten.
 */
final class Extractors {
    private static final int MAX_KNOWN = 1_000;
    private static final ConcurrentHashMap<String, JsonPath> PATHS = new ConcurrentHashMap<>();
    private static final ConcurrentHashMap<String, Pattern> PATTERNS = new ConcurrentHashMap<>();
    private static final Configuration JACKSON = Configuration.builder()
            .jsonProvider(new JacksonJsonNodeJsonProvider())
            .mappingProvider(new JacksonMappingProvider())
            .options(Option.ALWAYS_RETURN_LIST, Option.SUPPRESS_EXCEPTIONS)
            .build();
    /** For paths that end in a function, such as {@code length()}: their result is no list. */
    private static final Configuration OF_FUNCTIONS = JACKSON.setOptions(Option.SUPPRESS_EXCEPTIONS);

    private Extractors() {}

    /** What a JSONPath finds, as text; JSON null is left out. */
    static List<String> jsonPath(JsonNode json, String path) {
        JsonPath compiled = compiled(PATHS, path, Extractors::path);
        JsonNode found = compiled.read(json, JACKSON);
        if (found == null) {
            return computed(compiled, json, path);
        }
        List<String> values = new ArrayList<>();
        for (JsonNode node : found) {
            if (!node.isNull()) {
                values.add(text(node));
            }
        }
        return List.copyOf(values);
    }

    /** The one value of a function, if it has any for these arguments. */
    private static List<String> computed(JsonPath function, JsonNode json, String path) {
        Object value;
        try {
            value = function.read(json, OF_FUNCTIONS);
        } catch (JsonPathException e) {
            if (e instanceof InvalidPathException invalid && !(e instanceof PathNotFoundException)) {
                throw noPath(path, invalid);
            }
            return List.of();
        }
        return switch (value) {
            case null -> List.of();
            case JsonNode node when node.isNull() -> List.of();
            case JsonNode node -> List.of(text(node));
            default -> List.of(value.toString());
        };
    }

    /** First groups, or whole matches, of {@code pattern}; at most {@code max}. */
    static List<String> regex(String text, String pattern, int max) {
        Matcher matcher = compiled(PATTERNS, pattern, Extractors::pattern).matcher(text);
        List<String> values = new ArrayList<>();
        while (values.size() < max && matcher.find()) {
            String value = matcher.group(matcher.groupCount() > 0 ? 1 : 0);
            if (value != null) {
                values.add(value);
            }
        }
        return List.copyOf(values);
    }

    /** A scalar as it is, anything else as JSON. */
    static String text(JsonNode node) {
        return node.isValueNode() ? node.asText() : node.toString();
    }

    private static <T> T compiled(ConcurrentHashMap<String, T> known, String text, Function<String, T> compile) {
        T compiled = known.get(text);
        if (compiled == null) {
            compiled = compile.apply(text);
            if (known.size() >= MAX_KNOWN) {
                known.clear();
            }
            known.put(text, compiled);
        }
        return compiled;
    }

    private static JsonPath path(String text) {
        try {
            return JsonPath.compile(text);
        } catch (InvalidPathException e) {
            throw noPath(text, e);
        }
    }

    private static IllegalArgumentException noPath(String text, InvalidPathException e) {
        return new IllegalArgumentException("'" + text + "' is not a JSONPath: " + e.getMessage(), e);
    }

    private static Pattern pattern(String text) {
        try {
            return Pattern.compile(text);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException("'" + text + "' is not a regular expression: " + e.getMessage(), e);
        }
    }
}
