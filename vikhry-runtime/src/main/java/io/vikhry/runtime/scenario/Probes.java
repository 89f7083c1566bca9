package io.vikhry.runtime.scenario;

import io.vikhry.api.Probe;
import io.vikhry.api.ProbeContext;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Reads the probes of a scenario and checks them. */
final class Probes {
    private static final int MOST = 20;
    private static final Duration SHORTEST = Duration.ofMillis(100);
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.:-]{1,128}");

    private final Map<String, ScenarioProbe> byName = new LinkedHashMap<>();
    private final Map<String, String> labels = new LinkedHashMap<>();

    private Probes() {}

    /** The probes, superclasses first, in the order of their methods; may be none. */
    static List<ScenarioProbe> of(DeclaredMembers members) {
        Probes probes = new Probes();
        for (Method method : members.methods()) {
            Probe probe = method.getAnnotation(Probe.class);
            if (probe != null) {
                probes.add(method, probe);
            }
        }
        if (probes.byName.size() > MOST) {
            throw new ScenarioException("the scenario has " + probes.byName.size() + " probes: " + MOST
                    + " are the most; a probe may return a record of several values");
        }
        return List.copyOf(probes.byName.values());
    }

    private void add(Method method, Probe probe) {
        String label = DeclaredMembers.label(method);
        if (!Modifier.isStatic(method.getModifiers())) {
            throw new ScenarioException(label + " is a probe and not static: it belongs to no user; add \"static\"");
        }
        Class<?>[] parameters = method.getParameterTypes();
        if (parameters.length > 1 || (parameters.length == 1 && parameters[0] != ProbeContext.class)) {
            throw new ScenarioException(label + " is a probe: it takes a ProbeContext or nothing");
        }
        ProbeResult result = ProbeResult.of(method.getReturnType())
                .orElseThrow(() -> new ScenarioException(label + " is a probe and returns "
                        + method.getReturnType().getSimpleName()
                        + ": return a number, a boolean, a Duration, a record of up to 20 of these, or nothing"));
        String name = probe.name().isEmpty() ? method.getName() : probe.name();
        if (!NAME.matcher(name).matches()) {
            throw new ScenarioException(
                    label + ": \"" + name + "\" is no name for a probe: use 1 to 128 letters, digits and _ . : -");
        }
        Duration every = duration(label, name, "every", probe.every());
        if (every.compareTo(SHORTEST) < 0) {
            throw new ScenarioException(label + ": every of probe \"" + name + "\": \"" + probe.every()
                    + "\" is too often; " + DurationText.format(SHORTEST) + " is the least");
        }
        Duration timeout = duration(label, name, "timeout", probe.timeout());
        if (timeout.isZero()) {
            throw new ScenarioException(label + ": timeout of probe \"" + name + "\": \"" + probe.timeout()
                    + "\" leaves it no time: write how long it may take");
        }
        String other = labels.putIfAbsent(name, label);
        if (other != null) {
            throw new ScenarioException(label + " and " + other + " are both probes named \"" + name
                    + "\": give one of them another name, @Probe(name = …)");
        }
        method.setAccessible(true);
        byName.put(name, new ScenarioProbe(name, every, timeout, method, result));
    }

    private static Duration duration(String label, String name, String what, String text) {
        try {
            return DurationText.parse(text);
        } catch (IllegalArgumentException e) {
            throw new ScenarioException(label + ": " + what + " of probe \"" + name + "\": " + e.getMessage(), "", e);
        }
    }
}
