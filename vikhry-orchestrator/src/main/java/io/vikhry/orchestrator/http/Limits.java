package io.vikhry.orchestrator.http;

import io.vikhry.cluster.Safety;
import io.vikhry.orchestrator.run.StartRequest;
import io.vikhry.runtime.http.AllowedHosts;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** What a request to start says a run may not do: its {@code safety}. */
final class Limits {
    private static final int MOST_HOSTS = 1_000;
    private static final int MOST_RPS = 10_000_000;
    private static final double LONGEST_DEAD_MAN_S = 86_400;

    private Limits() {}

    static Safety of(Body body) {
        Body safety = body.object("safety", "allowed_hosts", "max_users", "max_rps", "dead_man_s");
        List<String> hosts = safety.list("allowed_hosts", MOST_HOSTS);
        try {
            AllowedHosts.of(hosts);
        } catch (IllegalArgumentException e) {
            throw safety.without("allowed_hosts", "cannot be used: " + e.getMessage());
        }
        Duration deadMan = safety.positiveSeconds("dead_man_s", LONGEST_DEAD_MAN_S);
        return new Safety(
                hosts,
                safety.has("max_users") ? safety.wholeNumber("max_users", 0, StartRequest.MAX_USERS) : null,
                safety.has("max_rps") ? safety.wholeNumber("max_rps", 1, MOST_RPS) : null,
                Map.of(),
                (deadMan == null ? Safety.DEAD_MAN : deadMan).toMillis() / 1000.0);
    }
}
