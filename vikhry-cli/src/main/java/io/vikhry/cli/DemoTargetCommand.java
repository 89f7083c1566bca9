package io.vikhry.cli;

import io.vikhry.cli.demo.Shop;
import io.vikhry.cli.local.Ports;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The demo's shop as a process of its own. */
@Command(
        name = "demo-target",
        description = "A small shop API to put load on, until Ctrl-C: /auth, /catalog, /cart, /orders, and /_stats.",
        mixinStandardHelpOptions = true)
final class DemoTargetCommand implements Callable<Integer> {
    @Option(
            names = "--port",
            paramLabel = "PORT",
            converter = Values.Port.class,
            defaultValue = "8000",
            description = "0 takes a free one. Default: ${DEFAULT-VALUE}")
    int port;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "42",
            description = "Of its latencies and errors. Default: ${DEFAULT-VALUE}")
    long seed;

    @Mixin
    Served served = new Served();

    @Override
    public Integer call() {
        Ports.requireFree("127.0.0.1", port);
        served.hold();
        try (Shop shop = Shop.start(port, seed)) {
            served.serve(shop.url());
        }
        return 0;
    }
}
