package io.vikhry.runtime.scenario;

import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The types a parameter may have: how their values are read from text and written as text that reads the same. */
enum ParamType {
    STRING("a string"),
    BOOLEAN("true or false"),
    INT("an int"),
    LONG("a long"),
    DOUBLE("a double"),
    URI("a URI"),
    DURATION("a duration such as 250ms"),
    ENUM("one of");

    private final String wanted;

    ParamType(String wanted) {
        this.wanted = wanted;
    }

    /** The type of a field, or {@code null} if a parameter cannot have it. */
    static @Nullable ParamType of(Class<?> type) {
        if (type.isEnum()) {
            return ENUM;
        }
        return switch (type.getName()) {
            case "java.lang.String" -> STRING;
            case "boolean", "java.lang.Boolean" -> BOOLEAN;
            case "int", "java.lang.Integer" -> INT;
            case "long", "java.lang.Long" -> LONG;
            case "double", "java.lang.Double" -> DOUBLE;
            case "java.net.URI" -> URI;
            case "java.time.Duration" -> DURATION;
            default -> null;
        };
    }

    /** As the API names it. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What a value has to be: {@code an int}, {@code one of FAST, SLOW}. */
    String wanted(Class<?> type) {
        return this == ENUM ? wanted + " " + String.join(", ", constants(type)) : wanted;
    }

    /** The names of an enum's constants. */
    static List<String> constants(Class<?> type) {
        return Arrays.stream(type.getEnumConstants())
                .map(constant -> ((Enum<?>) constant).name())
                .collect(Collectors.toList());
    }

    /** The value that {@code text} says. */
    Object parse(String text, Class<?> type) {
        return switch (this) {
            case STRING -> text;
            case BOOLEAN ->
                switch (text.strip().toLowerCase(Locale.ROOT)) {
                    case "true" -> true;
                    case "false" -> false;
                    default -> throw new IllegalArgumentException(text);
                };
            case INT -> Integer.valueOf(text.strip());
            case LONG -> Long.valueOf(text.strip());
            case DOUBLE -> {
                double value = Double.parseDouble(text.strip());
                if (!Double.isFinite(value)) {
                    throw new IllegalArgumentException(text);
                }
                yield value;
            }
            case URI -> {
                try {
                    yield new java.net.URI(text.strip());
                } catch (URISyntaxException e) {
                    throw new IllegalArgumentException(text, e);
                }
            }
            case DURATION -> DurationText.parse(text);
            case ENUM ->
                Arrays.stream(type.getEnumConstants())
                        .filter(constant -> ((Enum<?>) constant).name().equalsIgnoreCase(text.strip()))
                        .findFirst()
                        .orElseThrow(() -> new IllegalArgumentException(text));
        };
    }

    /** Text that {@link #parse} reads as {@code value}. */
    String format(Object value) {
        return switch (value) {
            case Duration duration -> DurationText.format(duration);
            case Enum<?> constant -> constant.name();
            default -> String.valueOf(value);
        };
    }
}
