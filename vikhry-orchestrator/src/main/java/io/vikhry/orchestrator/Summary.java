package io.vikhry.orchestrator;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * The numbers of a finished run that fit on a screen, read from its {@code report.json}. Latencies are response times in ms.
 *
 * @param runId the run
 * @param stopReason {@code requested}, {@code duration} or {@code failed}
 * @param durationSeconds from the start of the load to its end
 * @param totalRequests requests that finished
 * @param totalFailures those of them that failed
 * @param errorRate 0 to 1
 * @param rps requests per second over the whole run
 * @param latency over all requests
 * @param endpoints one line per series of requests, busiest first
 * @param completeness share of the workers' batches that arrived, 0 to 1
 */
public record Summary(
        String runId,
        String stopReason,
        double durationSeconds,
        long totalRequests,
        long totalFailures,
        double errorRate,
        double rps,
        Latency latency,
        List<Endpoint> endpoints,
        double completeness) {

    public Summary {
        endpoints = List.copyOf(endpoints);
    }

    /** Latencies in ms, with three decimals; 0 where there was no sample. */
    public record Latency(double p50, double p90, double p95, double p99, double mean, double max) {}

    /** One series of requests. */
    public record Endpoint(String name, long totalRequests, long totalFailures, double rps, Latency latency) {}

    /** Reads a parsed {@code report.json}. */
    public static Summary of(JsonNode report) {
        List<Endpoint> endpoints = new ArrayList<>();
        report.path("endpoints").properties().forEach(e -> {
            JsonNode v = e.getValue();
            endpoints.add(new Endpoint(
                    e.getKey(),
                    v.path("total_requests").asLong(),
                    v.path("total_failures").asLong(),
                    v.path("rps").asDouble(),
                    latency(v.path("latency_ms"))));
        });
        endpoints.sort((a, b) -> Long.compare(b.totalRequests(), a.totalRequests()));
        return new Summary(
                report.path("run_id").asText(),
                report.path("stop_reason").asText(),
                report.path("duration_s").asDouble(),
                report.path("total_requests").asLong(),
                report.path("total_failures").asLong(),
                report.path("error_rate").asDouble(),
                report.path("rps").asDouble(),
                latency(report.path("latency_ms")),
                endpoints,
                report.path("completeness").path("ratio").asDouble());
    }

    private static Latency latency(JsonNode v) {
        return new Latency(
                v.path("p50").asDouble(),
                v.path("p90").asDouble(),
                v.path("p95").asDouble(),
                v.path("p99").asDouble(),
                v.path("mean").asDouble(),
                v.path("max").asDouble());
    }
}
