package io.vikhry.runtime.vu;

import io.vikhry.runtime.engine.Engine;
import io.vikhry.runtime.engine.Loop;
import io.vikhry.runtime.metrics.Collector;
import io.vikhry.runtime.metrics.IntervalSnapshot;
import io.vikhry.runtime.scenario.LoadedScenario;
import io.vikhry.runtime.scenario.ScenarioBundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** Users of a scenario on an engine, by themselves, and what is collected of them. */
final class MeasuredUsers implements AutoCloseable {
    final VuExecutor executor;
    /** The seconds since this was cleared last. */
    final List<IntervalSnapshot> seconds = new CopyOnWriteArrayList<>();

    private final LoadedScenario scenario;
    private final Collector collector;

    /** Nobody begins yet; {@code source} is that of the class {@code name}. */
    MeasuredUsers(Engine engine, String name, String source) throws IOException {
        scenario = load(name, source);
        executor = new VuExecutor(
                engine,
                scenario,
                scenario.params().parse(Map.of()),
                42,
                Fence.open(),
                NobodyElse.HERE,
                NobodyElse.HERE,
                VuOptions.DEFAULT,
                Leash.NONE);
        collector = Collector.start(
                engine.loops().stream().map(Loop::recorder).toList(),
                System::currentTimeMillis,
                executor::activeVus,
                seconds::add);
    }

    private static LoadedScenario load(String name, String source) throws IOException {
        Path dir = Files.createTempDirectory("vikhry");
        Path file = dir.resolve(name + ".java");
        try {
            return LoadedScenario.load(ScenarioBundle.of(Files.writeString(file, source)));
        } finally {
            Files.deleteIfExists(file);
            Files.delete(dir);
        }
    }

    @Override
    public void close() {
        collector.close();
        executor.close();
        scenario.close();
    }
}
