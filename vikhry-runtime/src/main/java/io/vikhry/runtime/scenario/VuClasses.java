package io.vikhry.runtime.scenario;

import io.vikhry.api.VU;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Finds the scenario among the classes of a file. */
final class VuClasses {
    private VuClasses() {}

    /**
     * The binary name of the VU class: {@code wanted} by its binary or simple name, else the only one, else the public one, else
     * the one named like the file.
     */
    static String choose(SortedMap<String, byte[]> files, String fileName, @Nullable String wanted) {
        List<Class<?>> candidates = find(files);
        if (candidates.isEmpty()) {
            throw new ScenarioException(fileName + " holds no scenario: no class in it extends " + VU.class.getName()
                    + ", abstract ones apart");
        }
        List<String> names = candidates.stream().map(Class::getName).toList();
        if (wanted != null) {
            List<Class<?>> matches = candidates.stream()
                    .filter(type -> type.getName().equals(wanted)
                            || type.getSimpleName().equals(wanted)
                            || wanted.equals(type.getCanonicalName()))
                    .toList();
            return switch (matches.size()) {
                case 0 ->
                    throw new ScenarioException(
                            fileName + " holds no scenario " + wanted + Spelling.hint(wanted, names));
                case 1 -> matches.getFirst().getName();
                default -> throw ambiguous(fileName, matches);
            };
        }
        if (candidates.size() == 1) {
            return names.getFirst();
        }
        List<Class<?>> open = candidates.stream()
                .filter(type -> Modifier.isPublic(type.getModifiers()) && type.getEnclosingClass() == null)
                .toList();
        if (open.size() == 1) {
            return open.getFirst().getName();
        }
        String stem = fileName.substring(0, fileName.lastIndexOf('.'));
        List<Class<?>> named = candidates.stream()
                .filter(type -> type.getSimpleName().equals(stem))
                .toList();
        if (named.size() == 1) {
            return named.getFirst().getName();
        }
        throw ambiguous(fileName, candidates);
    }

    private static ScenarioException ambiguous(String fileName, List<Class<?>> candidates) {
        String list = candidates.stream().map(Class::getName).collect(Collectors.joining(", "));
        return new ScenarioException(fileName + " holds " + candidates.size() + " scenarios (" + list
                + "): pick one, as in " + fileName + ":" + candidates.getFirst().getName());
    }

    private static List<Class<?>> find(SortedMap<String, byte[]> files) {
        BundleLoader loader = new BundleLoader("vikhry-search", files);
        List<Class<?>> found = new ArrayList<>();
        for (String path : files.keySet()) {
            if (!path.endsWith(".class") || path.startsWith("META-INF/")) {
                continue;
            }
            String name = path.substring(0, path.length() - ".class".length()).replace('/', '.');
            try {
                Class<?> type = Class.forName(name, false, loader);
                if (VU.class.isAssignableFrom(type) && !Modifier.isAbstract(type.getModifiers())) {
                    found.add(type);
                }
            } catch (ClassNotFoundException | LinkageError e) {
                // A jar may carry classes whose own optional dependencies are missing: they are no scenarios.
                continue;
            }
        }
        return found;
    }
}
