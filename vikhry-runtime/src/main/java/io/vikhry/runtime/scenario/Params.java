package io.vikhry.runtime.scenario;

import io.vikhry.api.Param;
import io.vikhry.api.VU;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The parameters of a scenario: their names, types and defaults. Immutable. */
public final class Params {
    private final String scenario;
    private final Map<String, Declared> declared = new LinkedHashMap<>();

    /** Reads the parameters of {@code model}, a fresh user whose fields hold the defaults. */
    Params(VU model, DeclaredMembers members) {
        this.scenario = model.getClass().getSimpleName();
        for (Field field : members.fields()) {
            Param param = field.getAnnotation(Param.class);
            if (param != null) {
                add(model, field, param);
            }
        }
    }

    private void add(VU model, Field field, Param param) {
        String label = DeclaredMembers.label(field);
        if (Modifier.isStatic(field.getModifiers()) || Modifier.isFinal(field.getModifiers())) {
            String word = Modifier.isStatic(field.getModifiers()) ? "static" : "final";
            throw new ScenarioException(label + " is a @Param and " + word + ": remove \"" + word + "\"");
        }
        ParamType type = ParamType.of(field.getType());
        if (type == null) {
            throw new ScenarioException(
                    label + " is a @Param of type " + field.getType().getSimpleName()
                            + ": use String, boolean, int, long, double, URI, Duration or an enum");
        }
        String name = param.name().isEmpty() ? field.getName() : param.name();
        Object value;
        try {
            field.setAccessible(true);
            value = field.get(model);
        } catch (IllegalAccessException e) {
            throw new AssertionError("accessible by the line before", e);
        }
        Declared other = declared.putIfAbsent(name, new Declared(name, field, type, value, param.description()));
        if (other != null) {
            throw new ScenarioException(label + " and " + DeclaredMembers.label(other.field)
                    + " are both params named \"" + name + "\": give one of them another name, @Param(name = …)");
        }
    }

    /**
     * The values for a run: those given, and the defaults of the others.
     *
     * @param texts values by name
     * @throws ParamException if a name is unknown, a required one is missing, or a value does not fit its type
     */
    public ParamValues parse(Map<String, String> texts) {
        for (String name : texts.keySet()) {
            if (!declared.containsKey(name)) {
                throw new ParamException(
                        name,
                        ParamException.Problem.UNKNOWN,
                        "scenario " + scenario + " has no param \"" + name + "\""
                                + Spelling.hint(name, declared.keySet()));
            }
        }
        Map<String, Object> given = new LinkedHashMap<>();
        for (Declared param : declared.values()) {
            String text = texts.get(param.name);
            if (text != null) {
                given.put(param.name, param.parse(text));
            } else if (param.initial == null) {
                throw new ParamException(
                        param.name,
                        ParamException.Problem.MISSING,
                        "param \"" + param.name + "\" is required: give " + param.type.wanted(param.field.getType())
                                + (param.description.isEmpty() ? "" : " (" + param.description + ")"));
            }
        }
        return new ParamValues(this, given);
    }

    /** Sets what was given; the other fields keep what their class gave them. */
    void set(VU user, ParamValues values) {
        if (values.params() != this) {
            throw new IllegalArgumentException("values of another scenario's params");
        }
        values.given().forEach((name, value) -> {
            try {
                declared(name).field.set(user, value);
            } catch (IllegalAccessException e) {
                throw new AssertionError("made accessible when it was read", e);
            }
        });
    }

    /** The value in {@code given}, else the default. */
    Object value(String name, Map<String, Object> given) {
        Object value = given.get(name);
        if (value == null) {
            value = declared(name).initial;
        }
        if (value == null) {
            throw new AssertionError("a required param was not checked: " + name);
        }
        return value;
    }

    /** All names, in the order of the fields. */
    List<String> names() {
        return List.copyOf(declared.keySet());
    }

    String text(String name, Object value) {
        return declared(name).type.format(value);
    }

    List<ScenarioDescription.Param> describe() {
        return declared.values().stream().map(Declared::describe).toList();
    }

    private Declared declared(String name) {
        Declared param = declared.get(name);
        if (param == null) {
            throw new ParamException(
                    name,
                    ParamException.Problem.UNKNOWN,
                    "scenario " + scenario + " has no param \"" + name + "\"" + Spelling.hint(name, declared.keySet()));
        }
        return param;
    }

    private record Declared(
            String name,
            Field field,
            ParamType type,
            @Nullable Object initial,
            String description) {
        Object parse(String text) {
            try {
                return type.parse(text, field.getType());
            } catch (IllegalArgumentException e) {
                throw new ParamException(
                        name,
                        ParamException.Problem.INVALID,
                        "param \"" + name + "\" wants " + type.wanted(field.getType()) + ", got \"" + text + "\"");
            }
        }

        ScenarioDescription.Param describe() {
            return new ScenarioDescription.Param(
                    name,
                    type.label(),
                    initial == null,
                    initial == null ? null : type.format(initial),
                    description,
                    type == ParamType.ENUM ? ParamType.constants(field.getType()) : null);
        }
    }
}
