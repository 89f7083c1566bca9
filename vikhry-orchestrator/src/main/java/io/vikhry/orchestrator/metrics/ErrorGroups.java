package io.vikhry.orchestrator.metrics;

import io.vikhry.cluster.IntervalBatch.ErrorSample;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The distinct errors of a run: at most {@value #LIMIT} groups, and a count of what found no place in them. */
final class ErrorGroups {
    static final int LIMIT = 200;

    private final Map<Key, ErrorGroup> groups = new HashMap<>();
    private long folded;

    void add(ErrorSample sample, long secondMillis) {
        Key key = new Key(sample.series(), sample.step(), sample.code(), sample.message());
        ErrorGroup known = groups.get(key);
        if (known != null) {
            boolean earlier = secondMillis < known.firstAt();
            groups.put(
                    key,
                    new ErrorGroup(
                            known.series(),
                            known.step(),
                            known.code(),
                            known.message(),
                            takes(earlier, known, sample) ? sample.detail() : known.detail(),
                            known.count() + sample.count(),
                            Math.min(known.firstAt(), secondMillis),
                            Math.max(known.lastAt(), secondMillis)));
        } else if (groups.size() < LIMIT) {
            groups.put(
                    key,
                    new ErrorGroup(
                            sample.series(),
                            sample.step(),
                            sample.code(),
                            sample.message(),
                            sample.detail(),
                            sample.count(),
                            secondMillis,
                            secondMillis));
        } else {
            folded += sample.count();
        }
    }

    private static boolean takes(boolean earlier, ErrorGroup known, ErrorSample sample) {
        return known.detail().isEmpty() || (earlier && !sample.detail().isEmpty());
    }

    long folded() {
        return folded;
    }

    List<ErrorGroup> mostFrequentFirst() {
        return groups.values().stream()
                .sorted(Comparator.comparingLong(ErrorGroup::count)
                        .reversed()
                        .thenComparing(ErrorGroup::firstAt)
                        .thenComparing(ErrorGroup::message))
                .toList();
    }

    private record Key(String series, String step, String code, String message) {}
}
