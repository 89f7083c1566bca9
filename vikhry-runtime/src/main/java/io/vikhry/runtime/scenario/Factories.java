package io.vikhry.runtime.scenario;

import io.vikhry.api.Resource;
import io.vikhry.api.ResourceContext;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The resource factories that a scenario declares, by pool. Immutable. */
final class Factories {
    private static final Pattern POOL = Pattern.compile("[A-Za-z0-9_.:-]{1,128}");

    private static final int DEFAULT_FAULTS = 3;

    private final Map<String, Method> byPool = new LinkedHashMap<>();

    Factories(DeclaredMembers members) {
        for (Method method : members.methods()) {
            Resource resource = method.getAnnotation(Resource.class);
            if (resource != null) {
                add(method, resource);
            }
        }
    }

    private void add(Method method, Resource resource) {
        String pool = resource.value();
        String label = DeclaredMembers.label(method);
        if (resource.faults() < 1) {
            throw new ScenarioException(label + ": faults must be 1 or more, not " + resource.faults());
        }
        if (!POOL.matcher(pool).matches()) {
            throw new ScenarioException(
                    label + ": \"" + pool + "\" is no name for a pool: use 1 to 128 letters, digits and _ . : -");
        }
        if (!Modifier.isStatic(method.getModifiers())) {
            throw new ScenarioException(label
                    + " makes resources and is not static: items are made before any user lives;" + " add \"static\"");
        }
        Class<?>[] parameters = method.getParameterTypes();
        if (parameters.length != 1 || parameters[0] != ResourceContext.class) {
            throw new ScenarioException(label + " makes resources: its one parameter must be a ResourceContext");
        }
        if (method.getReturnType() == void.class || method.getReturnType() == Void.class) {
            throw new ScenarioException(
                    label + " makes resources and returns nothing: return the item, best as a record");
        }
        Method other = byPool.putIfAbsent(pool, method);
        if (other != null) {
            throw new ScenarioException(label + " and " + DeclaredMembers.label(other) + " both make the pool \"" + pool
                    + "\": a pool has one factory");
        }
        method.setAccessible(true);
    }

    /** The pools, in the order of the factories. */
    Set<String> pools() {
        return Collections.unmodifiableSet(byPool.keySet());
    }

    List<ScenarioDescription.Resource> describe() {
        return byPool.keySet().stream().map(ScenarioDescription.Resource::new).toList();
    }

    /** After how many faults in a row an item of {@code pool} is taken out of use; pools without a factory have the default. */
    int faults(String pool) {
        Method method = byPool.get(pool);
        Resource resource = method == null ? null : method.getAnnotation(Resource.class);
        return resource == null ? DEFAULT_FAULTS : resource.faults();
    }

    /** How a message names the factory of {@code pool}. */
    String label(String pool) {
        return DeclaredMembers.label(method(pool));
    }

    /** Runs the factory of {@code pool}; whatever it throws goes through. */
    @Nullable Object make(String pool, ResourceContext context) throws Throwable {
        try {
            return method(pool).invoke(null, context);
        } catch (InvocationTargetException e) {
            throw e.getTargetException();
        }
    }

    private Method method(String pool) {
        Method method = byPool.get(pool);
        if (method == null) {
            throw new ScenarioException("the scenario has no resource factory for pool \"" + pool + "\""
                    + Spelling.hint(pool, byPool.keySet()));
        }
        return method;
    }
}
