package io.vikhry.runtime.metrics;

import java.util.Arrays;
import java.util.Map;

/**
 * Counts by result code. There are few different ones, so they stand in small arrays that are searched from the front; HTTP
 * statuses by number, without making a string of them. Codes beyond {@value #MOST} are counted as {@code (other)}.
 */
final class ResultCodes {
    private static final int MOST = 64;

    private int[] statuses = new int[4];
    private long[] statusCounts = new long[4];
    private int statusSize;
    private String[] names = new String[4];
    private long[] nameCounts = new long[4];
    private int nameSize;

    void addStatus(int status, long count) {
        for (int i = 0; i < statusSize; i++) {
            if (statuses[i] == status) {
                statusCounts[i] += count;
                return;
            }
        }
        if (statusSize == MOST) {
            add(SeriesKey.OTHER, count);
            return;
        }
        if (statusSize == statuses.length) {
            statuses = Arrays.copyOf(statuses, 2 * statusSize);
            statusCounts = Arrays.copyOf(statusCounts, 2 * statusSize);
        }
        statuses[statusSize] = status;
        statusCounts[statusSize++] = count;
    }

    void add(String name, long count) {
        for (int i = 0; i < nameSize; i++) {
            if (names[i].equals(name)) {
                nameCounts[i] += count;
                return;
            }
        }
        // One more for (other) itself.
        if (nameSize >= MOST && !name.equals(SeriesKey.OTHER)) {
            add(SeriesKey.OTHER, count);
            return;
        }
        if (nameSize == names.length) {
            names = Arrays.copyOf(names, 2 * nameSize);
            nameCounts = Arrays.copyOf(nameCounts, 2 * nameSize);
        }
        names[nameSize] = name;
        nameCounts[nameSize++] = count;
    }

    void addTo(Map<String, Long> sums) {
        for (int i = 0; i < statusSize; i++) {
            sums.merge(Integer.toString(statuses[i]), statusCounts[i], Long::sum);
        }
        for (int i = 0; i < nameSize; i++) {
            sums.merge(names[i], nameCounts[i], Long::sum);
        }
    }

    void clear() {
        statusSize = 0;
        nameSize = 0;
    }
}
