package io.vikhry.runtime.metrics;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How many series the loops of one JVM may have together; what comes beyond is folded into {@code (other)}. Thread-safe. */
public final class SeriesLimit {
    public static final int DEFAULT = 500;
    private static final Logger LOG = LoggerFactory.getLogger(SeriesLimit.class);

    private final int most;
    private final Set<SeriesKey> admitted = ConcurrentHashMap.newKeySet();
    private volatile boolean full;

    /** A limit of {@code most} series. */
    public SeriesLimit(int most) {
        this.most = most;
    }

    /** The key itself, or the {@code (other)} of its kind. The first key turned away is named in a warning. */
    SeriesKey admit(SeriesKey key) {
        if (admitted.contains(key)) {
            return key;
        }
        return full || !place(key) ? key.other() : key;
    }

    private synchronized boolean place(SeriesKey key) {
        if (admitted.contains(key)) {
            return true;
        }
        if (admitted.size() < most) {
            return admitted.add(key);
        }
        if (!full) {
            full = true;
            LOG.warn(
                    "More than {} series: \"{}\" and all further new names are counted as \"{}\"."
                            + " Give requests whose path varies one name, as in .name(\"GET /objects/{id}\").",
                    most,
                    key.name(),
                    SeriesKey.OTHER);
        }
        return false;
    }

    synchronized void reset() {
        admitted.clear();
        full = false;
    }
}
