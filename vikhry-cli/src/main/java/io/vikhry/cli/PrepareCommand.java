package io.vikhry.cli;

import io.vikhry.cli.demo.Shop;
import io.vikhry.cli.local.Home;
import io.vikhry.orchestrator.Rehearsal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/**
 * A short run with all that a run needs, and the merging of many workers' batches. The launcher lets a JVM watch it that keeps what it has loaded for later starts.
 */
@Command(
        name = "prepare",
        description = {
            "Makes later starts quick: keeps what they need of this JDK in the user's cache. Done by itself at the first start on"
                    + " a terminal; worth a line where an image is built."
        },
        mixinStandardHelpOptions = true)
final class PrepareCommand implements Callable<Integer> {
    private static final Duration REHEARSAL = Duration.ofMillis(1500);

    @Override
    public Integer call() throws IOException {
        Path scenario = Home.current().folder("prepare").resolve("ShopVU.java");
        try (InputStream source = PrepareCommand.class.getResourceAsStream("demo/ShopVU.java")) {
            if (source == null) {
                throw new IllegalStateException("the demo's scenario is not in this distribution");
            }
            Files.write(scenario, source.readAllBytes());
        }
        Rehearsal.merge(REHEARSAL);
        try (Shop shop = Shop.start(0, 1)) {
            return Vikhry.commandLine()
                    .execute(
                            "run",
                            "--scenario",
                            scenario.toString(),
                            "--users",
                            "5",
                            "--duration",
                            "2s",
                            "--param",
                            "baseUrl=" + shop.url());
        }
    }
}
