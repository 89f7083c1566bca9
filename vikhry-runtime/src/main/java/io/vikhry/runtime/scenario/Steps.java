package io.vikhry.runtime.scenario;

import io.vikhry.api.Step;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Reads the steps of a scenario and checks them as a whole. */
final class Steps {
    private final Map<String, ScenarioStep> byName = new LinkedHashMap<>();
    private final Map<String, Method> methods = new LinkedHashMap<>();

    private Steps() {}

    /** The steps, superclasses first, in the order of their methods. */
    static List<ScenarioStep> of(Class<?> type, DeclaredMembers members) {
        Steps steps = new Steps();
        List<Method> all = members.methods();
        for (int i = 0; i < all.size(); i++) {
            Method method = all.get(i);
            Step step = method.getAnnotation(Step.class);
            if (step != null
                    && all.subList(i + 1, all.size()).stream()
                            .noneMatch(later -> DeclaredMembers.overrides(later, method))) {
                steps.add(method, step);
            }
        }
        if (steps.byName.isEmpty()) {
            throw new ScenarioException(
                    "class " + type.getName() + " has no steps: annotate at least one of its methods with @Step");
        }
        steps.resolve();
        return List.copyOf(steps.byName.values());
    }

    private void add(Method method, Step step) {
        String label = DeclaredMembers.label(method);
        if (method.getParameterCount() > 0) {
            throw new ScenarioException(label + " is a step and takes parameters: a step has none; use fields instead");
        }
        if (Modifier.isStatic(method.getModifiers())) {
            throw new ScenarioException(label + " is a step and static: each user runs its own; remove \"static\"");
        }
        if (Modifier.isPrivate(method.getModifiers())) {
            throw new ScenarioException(label + " is a step and private: remove \"private\"");
        }
        String name = step.name().isEmpty() ? method.getName() : step.name();
        Method other = methods.putIfAbsent(name, method);
        if (other != null) {
            throw new ScenarioException(label + " and " + DeclaredMembers.label(other) + " are both steps named \""
                    + name + "\": give one of them another name, @Step(name = …)");
        }
        if (!(step.weight() > 0) || Double.isInfinite(step.weight())) {
            throw new ScenarioException(
                    label + ": step \"" + name + "\" has weight " + step.weight() + "; it must be greater than 0");
        }
        Every every = step.every().isEmpty() ? null : checked(label, name, "every", () -> Every.parse(step.every()));
        if (!step.timeout().isEmpty()
                && checked(label, name, "timeout", () -> DurationText.parse(step.timeout()))
                        .isZero()) {
            throw new ScenarioException(label + ": timeout of step \"" + name + "\": \"" + step.timeout()
                    + "\" leaves it no time: write how long it may take, or leave \"timeout\" out");
        }
        byName.put(
                name,
                new ScenarioStep(
                        byName.size(),
                        name,
                        step.weight(),
                        List.of(step.requires()),
                        every,
                        step.timeout().strip(),
                        step.onError(),
                        StepCall.of(method)));
    }

    private static <T> T checked(String label, String step, String what, Supplier<T> parse) {
        try {
            return parse.get();
        } catch (IllegalArgumentException e) {
            throw new ScenarioException(label + ": " + what + " of step \"" + step + "\": " + e.getMessage(), "", e);
        }
    }

    private void resolve() {
        for (ScenarioStep step : byName.values()) {
            int[] required = new int[step.requires().size()];
            Arrays.setAll(required, i -> required(step, step.requires().get(i)).index());
            step.require(required);
        }
        for (ScenarioStep step : byName.values()) {
            refuseCycle(step, new ArrayDeque<>());
        }
    }

    private ScenarioStep required(ScenarioStep step, String name) {
        ScenarioStep found = byName.get(name);
        if (found == null) {
            throw new ScenarioException(label(step) + ": step \"" + step.name() + "\" requires \"" + name
                    + "\", which does not exist" + Spelling.hint(name, byName.keySet()));
        }
        return found;
    }

    private void refuseCycle(ScenarioStep step, Deque<String> path) {
        if (path.contains(step.name())) {
            List<String> cycle = new ArrayList<>(path);
            cycle = new ArrayList<>(cycle.subList(cycle.indexOf(step.name()), cycle.size()));
            cycle.add(step.name());
            throw new ScenarioException(label(step) + ": steps require each other in a circle and could never run: "
                    + String.join(" -> ", cycle));
        }
        path.addLast(step.name());
        for (String name : step.requires()) {
            refuseCycle(required(step, name), path);
        }
        path.removeLast();
    }

    private String label(ScenarioStep step) {
        Method method = methods.get(step.name());
        return method == null ? step.name() : DeclaredMembers.label(method);
    }
}
