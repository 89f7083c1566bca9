package io.vikhry.orchestrator.http;

import io.javalin.http.Context;
import io.vikhry.orchestrator.run.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The query of a request; what is wrong is refused by the parameter's name. */
final class Query {
    private final Context ctx;

    private Query(Context ctx) {
        this.ctx = ctx;
    }

    /** Parameters other than {@code known} are refused. */
    static Query of(Context ctx, String... known) {
        List<String> names = List.of(known);
        for (String name : ctx.queryParamMap().keySet()) {
            if (!names.contains(name)) {
                throw Body.unknown("query parameter", name, names);
            }
        }
        return new Query(ctx);
    }

    /** A whole number, or {@code absent}. */
    long wholeNumber(String name, long absent, long min, long max) {
        String text = ctx.queryParam(name);
        if (text == null) {
            return absent;
        }
        try {
            long number = Long.parseLong(text);
            if (number >= min && number <= max) {
                return number;
            }
        } catch (NumberFormatException e) {
            // As one that is out of range.
        }
        throw invalid(name, "a whole number from " + min + " to " + max, text);
    }

    /** {@code true} or {@code false}; false where it is absent. */
    boolean flag(String name) {
        String text = ctx.queryParam(name);
        if (text == null || text.equals("false")) {
            return false;
        }
        if (text.equals("true")) {
            return true;
        }
        throw invalid(name, "true or false", text);
    }

    /** One of the constants, in lower case, or {@code null}. */
    <E extends Enum<E>> @Nullable E oneOf(String name, E[] constants) {
        String text = ctx.queryParam(name);
        if (text == null) {
            return null;
        }
        List<String> names = new ArrayList<>();
        for (E constant : constants) {
            String known = constant.name().toLowerCase(Locale.ROOT);
            if (known.equals(text)) {
                return constant;
            }
            names.add(known);
        }
        throw invalid(name, "one of " + String.join(", ", names), text);
    }

    private static Refusal invalid(String name, String right, String text) {
        String shown = text.length() <= 60 ? text : text.substring(0, 57) + "...";
        return new Refusal(
                Refusal.Code.INVALID_VALUE, name + " must be " + right + ", not " + shown + ".", Map.of("field", name));
    }
}
