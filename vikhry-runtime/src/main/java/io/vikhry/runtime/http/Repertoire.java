package io.vikhry.runtime.http;

import org.jspecify.annotations.Nullable;

/**
 * What clients with equal settings make once for all of them on one loop: with many users, what each has of its own is what a
 * request waits for.
 *
 * <p>Any thread may call. What is kept is immutable and looked up without a lock; a lost entry is made again.
 */
final class Repertoire {
    private final ClientSettings settings;
    private final Slots<Template> templates = new Slots<>();
    private final Slots<Label> labels = new Slots<>();

    Repertoire(ClientSettings settings) {
        this.settings = settings;
    }

    /** Each of the clients has these same ones. */
    ClientSettings settings() {
        return settings;
    }

    /** The template of {@code client} for that. */
    Template template(HttpClient client, String method, String path, String step) {
        int hash = (method.hashCode() * 31 + path.hashCode()) * 31 + step.hashCode();
        Template known = templates.get(hash);
        if (known != null && known.isOf(method, path, step)) {
            return known;
        }
        checkMethod(method);
        Target target = Target.resolve(settings.origin(), settings.basePath(), path);
        String start = client.heads().start(method, target, settings.headers(), null);
        byte[] bodiless = client.heads().head(start, null, settings.headers(), null, method, Request.NONE);
        Template fresh = new Template(method, path, step, target, start, bodiless);
        templates.put(hash, fresh);
        return fresh;
    }

    /** What requests of that name count as. */
    Label label(ClientOwner owner, String name, String step) {
        int hash = name.hashCode() * 31 + step.hashCode();
        Label known = labels.get(hash);
        if (known != null && same(known.name(), name) && same(known.step(), step)) {
            return known;
        }
        Label fresh = Label.of(owner, name, step);
        labels.put(hash, fresh);
        return fresh;
    }

    @SuppressWarnings("ReferenceEquality") // the same object, as a rule: saves the comparison
    static boolean same(String a, String b) {
        return a == b || a.equals(b);
    }

    private static void checkMethod(String method) {
        if (method.isEmpty() || !method.chars().allMatch(Headers::isToken)) {
            throw new IllegalArgumentException(
                    "'" + method.replaceAll("[^\\x20-\\x7e]", "?") + "' is not an HTTP method");
        }
        if (method.equals("CONNECT")) {
            throw new IllegalArgumentException("CONNECT is for proxies and is not supported");
        }
    }

    /**
     * A place for each hash, where who comes later takes the place of who was there: a scenario with many paths does not fill the
     * memory. It grows, empty, when that happened too often.
     */
    private static final class Slots<T> {
        private static final int FEWEST = 16;
        private static final int MOST = 2048;

        private volatile @Nullable Object[] slots = new Object[FEWEST];
        private int displaced;

        @SuppressWarnings("unchecked")
        @Nullable T get(int hash) {
            @Nullable Object[] all = slots;
            return (T) all[index(hash, all.length)];
        }

        void put(int hash, T value) {
            @Nullable Object[] all = slots;
            if (all[index(hash, all.length)] != null && ++displaced > all.length && all.length < MOST) {
                all = new Object[2 * all.length];
                displaced = 0;
            }
            all[index(hash, all.length)] = value;
            slots = all;
        }

        private static int index(int hash, int size) {
            return (hash ^ hash >>> 16) & (size - 1);
        }
    }
}
