package io.vikhry.runtime.scenario;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.vikhry.api.VU;
import io.vikhry.runtime.Json;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.util.List;
import java.util.Set;

/**
 * A scenario whose classes are loaded, apart from those of vikhry and of other scenarios: they see the JDK, the scenario API,
 * JSpecify and SLF4J. Safe for use by several threads.
 */
public final class LoadedScenario implements AutoCloseable {
    private final ScenarioBundle bundle;
    private final BundleLoader loader;
    private final Constructor<? extends VU> constructor;
    private final List<ScenarioStep> steps;
    private final Params params;
    private final Factories factories;
    private final List<ScenarioProbe> probes;
    private final ObjectMapper json = Json.newMapper();

    private LoadedScenario(ScenarioBundle bundle, BundleLoader loader) {
        this.bundle = bundle;
        this.loader = loader;
        Class<? extends VU> type = vuClass(bundle, loader);
        DeclaredMembers members = new DeclaredMembers(type, bundle.files());
        this.constructor = constructor(type);
        this.steps = Steps.of(type, members);
        this.factories = new Factories(members);
        this.probes = Probes.of(members);
        this.params = new Params(model(), members);
    }

    /**
     * Loads the classes and checks all that they declare.
     *
     * @throws ScenarioException if a declaration is wrong
     */
    public static LoadedScenario load(ScenarioBundle bundle) {
        BundleLoader loader =
                new BundleLoader("vikhry-scenario-" + bundle.digest().substring(0, 12), bundle.files());
        try {
            return new LoadedScenario(bundle, loader);
        } catch (RuntimeException | Error e) {
            loader.forget();
            throw e;
        }
    }

    private static Class<? extends VU> vuClass(ScenarioBundle bundle, BundleLoader loader) {
        Class<?> type;
        try {
            type = Class.forName(bundle.vuClass(), false, loader);
        } catch (ClassNotFoundException | LinkageError e) {
            throw new ScenarioException(
                    bundle.sourceName() + ": class " + bundle.vuClass() + " cannot be loaded: " + e.getMessage(),
                    "",
                    e);
        }
        if (!VU.class.isAssignableFrom(type)) {
            throw new ScenarioException(bundle.sourceName() + ": class " + type.getName()
                    + " is no scenario: it does not extend " + VU.class.getName());
        }
        return type.asSubclass(VU.class);
    }

    private static Constructor<? extends VU> constructor(Class<? extends VU> type) {
        if (type.getEnclosingClass() != null && !Modifier.isStatic(type.getModifiers())) {
            throw new ScenarioException("class " + type.getName() + " stands inside another class: make it static");
        }
        try {
            Constructor<? extends VU> constructor = type.getDeclaredConstructor();
            if (Modifier.isPublic(constructor.getModifiers())) {
                constructor.setAccessible(true);
                return constructor;
            }
        } catch (NoSuchMethodException e) {
            // Told below, together with a constructor that is not public.
        }
        throw new ScenarioException("class " + type.getName() + " has no public constructor without parameters: "
                + (Modifier.isPublic(type.getModifiers()) ? "add one" : "make the class public, or add one"));
    }

    /** A user that never runs, made to read the defaults off its fields. */
    private VU model() {
        try {
            return instance();
        } catch (Throwable e) {
            throw new ScenarioException(
                    "class " + constructor.getDeclaringClass().getName()
                            + " cannot be instantiated: its constructor or a field initialiser throws "
                            + (e instanceof ExceptionInInitializerError && e.getCause() != null ? e.getCause() : e),
                    "",
                    e);
        }
    }

    /** What it was loaded from. */
    public ScenarioBundle bundle() {
        return bundle;
    }

    /** The VU class's simple name. */
    public String name() {
        return constructor.getDeclaringClass().getSimpleName();
    }

    /** What it declares, as data. */
    public ScenarioDescription describe() {
        return new ScenarioDescription(
                name(),
                bundle.vuClass(),
                bundle.digest(),
                bundle.sourceName(),
                params.describe(),
                steps.stream().map(ScenarioStep::describe).toList(),
                factories.describe(),
                probes.stream().map(ScenarioProbe::describe).toList());
    }

    /** Its steps, superclasses first, in the order of their methods; at least one. */
    public List<ScenarioStep> steps() {
        return steps;
    }

    /** Its probes, superclasses first, in the order of their methods; may be none. */
    public List<ScenarioProbe> probes() {
        return probes;
    }

    /** Its parameters, to check values against. */
    public Params params() {
        return params;
    }

    /** A new user with its parameters set, not yet attached to a context. Whatever the constructor throws goes through. */
    public VU newUser(ParamValues values) throws Throwable {
        VU user = instance();
        params.set(user, values);
        return user;
    }

    /** Reads and writes this scenario's types as JSON. */
    public ObjectMapper json() {
        return json;
    }

    /** The loader of its classes, for the threads that run them. */
    public ClassLoader classLoader() {
        return loader;
    }

    /** Whether that class, by its binary name, is one of the scenario's own. */
    public boolean owns(String className) {
        return bundle.files().containsKey(className.replace('.', '/') + ".class");
    }

    /** The pools that have a factory, in the order of the factories. */
    public Set<String> pools() {
        return factories.pools();
    }

    /** After how many faults in a row an item of {@code pool} is taken out of use. */
    public int faults(String pool) {
        return factories.faults(pool);
    }

    Factories factories() {
        return factories;
    }

    private VU instance() throws Throwable {
        try {
            return constructor.newInstance();
        } catch (InvocationTargetException e) {
            throw e.getTargetException();
        }
    }

    /** Lets go of the classes; users that still run keep those that are loaded. */
    @Override
    public void close() {
        loader.forget();
    }
}
