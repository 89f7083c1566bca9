package io.vikhry.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CpuQuotaTest {
    @TempDir
    Path dir;

    @Test
    void versionTwoTakesTheTightestOfTheGroupsAbove() throws IOException {
        write("cg/a/cpu.max", "150000 100000");
        write("cg/a/b/cpu.max", "max 100000");
        write("member", "0::/a/b");

        assertThat(quota().quota()).hasValue(1.5);
    }

    @Test
    void versionOneReadsQuotaAndPeriod() throws IOException {
        write("cg/cpu,cpuacct/x/cpu.cfs_quota_us", "20000");
        write("cg/cpu,cpuacct/x/cpu.cfs_period_us", "100000");
        write("member", "9:memory:/elsewhere\n4:cpu,cpuacct:/x");

        assertThat(quota().quota()).hasValue(0.2);
    }

    @Test
    void aContainerThatSeesOnlyItsOwnRootIsFoundThere() throws IOException {
        write("cg/cpu/cpu.cfs_quota_us", "50000");
        write("cg/cpu/cpu.cfs_period_us", "100000");
        write("member", "4:cpu:/docker/0123");

        assertThat(quota().quota()).hasValue(0.5);
    }

    @Test
    void withoutAQuotaAllThatTheJvmSeesCounts() throws IOException {
        write("cg/cpu.max", "max 100000");
        write("member", "0::/");

        assertThat(quota().quota()).isEmpty();
        assertThat(quota().cores()).isEqualTo(Runtime.getRuntime().availableProcessors());
    }

    private CpuQuota quota() {
        return new CpuQuota(dir.resolve("cg"), dir.resolve("member"));
    }

    private void write(String file, String text) throws IOException {
        Path path = dir.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text + "\n");
    }
}
