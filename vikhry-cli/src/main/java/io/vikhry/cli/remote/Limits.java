package io.vikhry.cli.remote;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a run may not do.
 *
 * @param hosts hosts that requests may go to; empty for any
 * @param maxUsers users there may be, or {@code null} for any number
 * @param maxRps requests per second of the whole cluster, or {@code null} for any number
 * @param deadMan how long workers go on without an orchestrator, or {@code null} to leave that open
 */
public record Limits(
        List<String> hosts,
        @Nullable Integer maxUsers,
        @Nullable Integer maxRps,
        @Nullable Duration deadMan) {
    /** Any host, any number. */
    public static final Limits NONE = new Limits(List.of(), null, null, null);

    public Limits {
        hosts = List.copyOf(hosts);
    }

    void writeTo(ObjectNode body) {
        if (equals(NONE)) {
            return;
        }
        ObjectNode safety = body.putObject("safety");
        if (!hosts.isEmpty()) {
            ArrayNode list = safety.putArray("allowed_hosts");
            hosts.forEach(list::add);
        }
        if (maxUsers != null) {
            safety.put("max_users", maxUsers);
        }
        if (maxRps != null) {
            safety.put("max_rps", maxRps);
        }
        if (deadMan != null) {
            safety.put("dead_man_s", deadMan.toMillis() / 1000.0);
        }
    }
}
