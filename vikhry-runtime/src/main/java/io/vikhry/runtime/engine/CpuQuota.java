package io.vikhry.runtime.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * How much CPU the cgroups of this process let it use, in cores; version 1 and 2. Read anew each time, for a quota may change
 * while the process runs. The tightest of a group and those above it counts.
 */
final class CpuQuota {
    private final Path mounts;
    private final Path membership;

    CpuQuota() {
        this(Path.of("/sys/fs/cgroup"), Path.of("/proc/self/cgroup"));
    }

    CpuQuota(Path mounts, Path membership) {
        this.mounts = mounts;
        this.membership = membership;
    }

    /** Cores it may use at most: by its quota, else all the JVM sees. */
    double cores() {
        return quota().orElse(Runtime.getRuntime().availableProcessors());
    }

    OptionalDouble quota() {
        try {
            return Files.readAllLines(membership).stream()
                    .mapToDouble(this::ofLine)
                    .filter(cores -> cores > 0)
                    .min();
        } catch (IOException e) {
            // No Linux: no cgroups.
            return OptionalDouble.empty();
        }
    }

    /** {@code 0::/path} for version 2, {@code 4:cpu,cpuacct:/path} for version 1; 0 where it sets no quota. */
    private double ofLine(String line) {
        String[] parts = line.split(":", 3);
        if (parts.length < 3) {
            return 0;
        }
        if (parts[1].isEmpty()) {
            return tightest(mounts, parts[2]);
        }
        return List.of(parts[1].split(",")).contains("cpu")
                ? Math.max(tightest(mounts.resolve(parts[1]), parts[2]), tightest(mounts.resolve("cpu"), parts[2]))
                : 0;
    }

    private static double tightest(Path root, String group) {
        double least = 0;
        // In a container the group's own path may be that of the host, which is not here: its root is.
        @Nullable Path at = root.resolve(group.substring(1)).normalize();
        for (; at != null && at.startsWith(root); at = at.getParent()) {
            double cores = of(at);
            least = cores > 0 && (least == 0 || cores < least) ? cores : least;
        }
        return least;
    }

    private static double of(Path group) {
        try {
            Path second = group.resolve("cpu.max");
            if (Files.exists(second)) {
                String[] words = Files.readString(second).strip().split(" ");
                return words[0].equals("max") ? 0 : Double.parseDouble(words[0]) / Double.parseDouble(words[1]);
            }
            Path first = group.resolve("cpu.cfs_quota_us");
            if (Files.exists(first)) {
                double quota = Double.parseDouble(Files.readString(first).strip());
                double period = Double.parseDouble(
                        Files.readString(group.resolve("cpu.cfs_period_us")).strip());
                return quota <= 0 ? 0 : quota / period;
            }
            return 0;
        } catch (IOException | NumberFormatException e) {
            return 0;
        }
    }
}
