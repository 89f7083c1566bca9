package io.vikhry.runtime.scenario;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/** Reads from a jar what a scenario needs of it: its classes and resources, without signatures and without vikhry's own. */
final class JarFiles {
    private JarFiles() {}

    static SortedMap<String, byte[]> read(Path jar) {
        SortedMap<String, byte[]> files = new TreeMap<>();
        try (JarFile file = new JarFile(jar.toFile(), false)) {
            for (Enumeration<JarEntry> entries = file.entries(); entries.hasMoreElements(); ) {
                JarEntry entry = entries.nextElement();
                if (!entry.isDirectory() && wanted(entry.getName())) {
                    try (InputStream in = file.getInputStream(entry)) {
                        files.put(entry.getName(), in.readAllBytes());
                    }
                }
            }
        } catch (IOException e) {
            throw new ScenarioException("cannot read the jar " + jar + ": " + e.getMessage(), "", e);
        }
        return files;
    }

    private static boolean wanted(String name) {
        String upper = name.toUpperCase(Locale.ROOT);
        boolean signature = upper.startsWith("META-INF/")
                && (upper.endsWith(".MF")
                        || upper.endsWith(".SF")
                        || upper.endsWith(".RSA")
                        || upper.endsWith(".DSA")
                        || upper.endsWith(".EC")
                        || upper.startsWith("META-INF/MAVEN/"));
        boolean provided = name.endsWith(".class") && BundleLoader.isProvided(name.replace('/', '.'));
        return !signature && !provided && !name.endsWith("module-info.class");
    }
}
