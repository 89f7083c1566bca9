package io.vikhry.orchestrator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A cgroup of this test's own that holds a process to a part of one core. */
final class CpuLeash implements CpuShare {
    private static final Path ROOT = Path.of("/sys/fs/cgroup");

    private final Path group;
    private final Path parent;

    private CpuLeash(Path parent, Path group) {
        this.parent = parent;
        this.group = group;
    }

    /** A group with that quota, or empty where no cgroup can be made: it takes root and a writable hierarchy. */
    static Optional<CpuLeash> of(double cores) {
        Path first = ROOT.resolve("cpu");
        Path parent = Files.exists(first.resolve("cpu.cfs_quota_us")) ? first : ROOT;
        Path group = parent.resolve("vikhry-test-" + ProcessHandle.current().pid());
        String quota = Integer.toString((int) (cores * 100_000));
        try {
            Files.createDirectory(group);
            if (Files.exists(group.resolve("cpu.cfs_quota_us"))) {
                Files.writeString(group.resolve("cpu.cfs_period_us"), "100000");
                Files.writeString(group.resolve("cpu.cfs_quota_us"), quota);
                return Optional.of(new CpuLeash(parent, group));
            }
            if (Files.exists(group.resolve("cpu.max"))) {
                Files.writeString(group.resolve("cpu.max"), quota + " 100000");
                return Optional.of(new CpuLeash(parent, group));
            }
            Files.delete(group);
        } catch (IOException e) {
            // Not root, or read-only: said by the caller.
        }
        return Optional.empty();
    }

    @Override
    public boolean isQuota() {
        return true;
    }

    @Override
    public void hold(long pid) throws IOException {
        Files.writeString(group.resolve("cgroup.procs"), Long.toString(pid));
    }

    @Override
    public void release(long pid) throws IOException {
        Files.writeString(parent.resolve("cgroup.procs"), Long.toString(pid));
    }

    @Override
    public void close() throws IOException {
        Files.delete(group);
    }
}
