package io.vikhry.cli;

import io.vikhry.cli.remote.Limits;
import io.vikhry.cli.remote.Load;
import io.vikhry.runtime.http.AllowedHosts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What the run may not do. */
final class Safety {
    private static final int MAX_RPS = 10_000_000;

    @Option(
            names = "--allow-host",
            paramLabel = "HOST[:PORT]",
            description = "Requests may go there, and to others named so, alone; *.example.test for all below a domain."
                    + " Default: anywhere.")
    List<String> hosts = new ArrayList<>();

    @Option(
            names = "--max-rps",
            paramLabel = "N",
            description = "Requests that may begin in a second in the whole cluster; further ones wait.")
    @Nullable Integer maxRps;

    @Option(
            names = "--dead-man",
            paramLabel = "TIME",
            description = "Without an orchestrator, workers stop after this time. Default: 60s.")
    @Nullable Duration deadMan;

    Limits checked(Load load) {
        try {
            AllowedHosts.of(hosts);
        } catch (IllegalArgumentException e) {
            throw Failure.usage("--allow-host: " + e.getMessage());
        }
        if (maxRps != null && (maxRps < 1 || maxRps > MAX_RPS)) {
            throw Failure.usage("--max-rps must be 1 to 10000000, not " + maxRps);
        }
        if (deadMan != null && (!deadMan.isPositive() || deadMan.compareTo(Duration.ofDays(1)) > 0)) {
            throw Failure.usage("--dead-man must be longer than 0 and 24 h at most");
        }
        return new Limits(hosts, load.maxUsers(), maxRps, deadMan);
    }
}
