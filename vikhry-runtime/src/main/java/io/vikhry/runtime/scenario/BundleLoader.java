package io.vikhry.runtime.scenario;

import io.vikhry.api.VU;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The class loader of one bundle. Besides the bundle's own classes it shows the JDK and the {@linkplain #isProvided provided}
 * packages; nothing else of the process that runs it.
 */
final class BundleLoader extends ClassLoader {
    static {
        registerAsParallelCapable();
    }

    private volatile Map<String, byte[]> files;

    BundleLoader(String name, Map<String, byte[]> files) {
        super(name, new Provided());
        this.files = files;
    }

    /** Whether the class of that binary name comes from the process, not from the bundle. */
    static boolean isProvided(String className) {
        return className.startsWith("io.vikhry.api.")
                || className.startsWith("org.jspecify.")
                || className.startsWith("org.slf4j.");
    }

    /** Forgets the bundle: what is not loaded by now cannot be any more. */
    void forget() {
        files = Map.of();
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        byte[] bytes = files.get(name.replace('.', '/') + ".class");
        if (bytes == null) {
            throw new ClassNotFoundException(name);
        }
        byte[] tame = ProcessEnds.removed(bytes, this);
        return defineClass(name, tame, 0, tame.length);
    }

    @Override
    protected @Nullable URL findResource(String name) {
        byte[] bytes = files.get(name);
        if (bytes == null) {
            return null;
        }
        try {
            return URL.of(new URI("vikhry-bundle", null, "/" + name, null), new InMemory(bytes));
        } catch (URISyntaxException | IOException e) {
            return null;
        }
    }

    @Override
    protected Enumeration<URL> findResources(String name) {
        URL found = findResource(name);
        return Collections.enumeration(found == null ? List.of() : List.of(found));
    }

    /** What every scenario sees. */
    private static final class Provided extends ClassLoader {
        static {
            registerAsParallelCapable();
        }

        Provided() {
            super("vikhry-provided", ClassLoader.getPlatformClassLoader());
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            if (isProvided(name)) {
                return Class.forName(name, false, VU.class.getClassLoader());
            }
            throw new ClassNotFoundException(name);
        }
    }

    private static final class InMemory extends URLStreamHandler {
        private final byte[] bytes;

        InMemory(byte[] bytes) {
            this.bytes = bytes;
        }

        @Override
        protected URLConnection openConnection(URL url) {
            return new URLConnection(url) {
                @Override
                public void connect() {}

                @Override
                public InputStream getInputStream() {
                    return new ByteArrayInputStream(bytes);
                }
            };
        }
    }
}
