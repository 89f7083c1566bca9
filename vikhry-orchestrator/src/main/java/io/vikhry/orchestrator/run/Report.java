package io.vikhry.orchestrator.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vikhry.cluster.IntervalBatch.Kind;
import io.vikhry.cluster.Safety;
import io.vikhry.cluster.WorkerStatus;
import io.vikhry.orchestrator.metrics.Latency;
import io.vikhry.orchestrator.metrics.Numbers;
import io.vikhry.orchestrator.metrics.Rates;
import io.vikhry.orchestrator.metrics.Totals;
import io.vikhry.orchestrator.verdict.Generators;
import io.vikhry.orchestrator.verdict.Verdict;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What is kept of a run for good: its {@code report.json}. */
final class Report {
    private Report() {}

    /** The report of a run that has ended; {@code environment} tells where it ran. */
    static ObjectNode of(Run run, Numbers numbers, ObjectNode environment) {
        Totals totals = numbers.totals();
        ObjectNode report = Json.MAPPER.createObjectNode();
        report.put("run_id", run.id());
        report.put("scenario", run.head.scenario());
        report.put("scenario_digest", run.head.plan().bundleDigest());
        report.put("started_at", Instant.ofEpochMilli(run.startedAt()).toString());
        report.put("ended_at", Instant.ofEpochMilli(run.endedAt).toString());
        report.put("duration_s", run.elapsedMillis(run.endedAt) / 1000.0);
        report.put("stop_reason", reason(run));
        report.put("error", run.error);
        report.put("load_model", run.model());
        report.put("target_users", run.targetUsers());
        if (run.head.plan().open() != null) {
            report.put("target_rate", run.targetRate());
            report.set("arrivals", Json.MAPPER.valueToTree(run.arrivals()));
        }
        report.set(
                "params", Json.MAPPER.valueToTree(new TreeMap<>(run.head.plan().params())));
        report.put("seed", run.head.plan().seed());
        counts(report, totals);
        report.put("rps", totals.rps());
        latencies(report, totals);
        report.set("by_code", Json.MAPPER.valueToTree(totals.codes()));
        report.set("endpoints", endpoints(run, Kind.REQUEST));
        report.set("steps", endpoints(run, Kind.STEP));
        report.putArray("segments");
        Verdict verdict = run.verdict(run.endedAt);
        report.putObject("slo")
                .put("passed", verdict.level() != Verdict.Level.INVALID)
                .putArray("breaches");
        report.set("errors", Json.MAPPER.valueToTree(numbers.errors()));
        report.put("errors_folded", numbers.errorsFolded());
        ObjectNode completeness = Json.MAPPER.valueToTree(numbers.completeness());
        completeness.put("unkept_batches", run.folder.unkept());
        Judgement.Missing missing = Judgement.missing(run, numbers);
        completeness.put("missing_requests", missing.about()).put("missing_requests_at_most", missing.atMost());
        report.set("completeness", completeness);
        report.set("verdict", Json.MAPPER.valueToTree(verdict));
        report.set("health", health(run.generators.outcome()));
        report.set("safety", safety(run.head.plan().safety()));
        report.set("workers", workers(run));
        report.set("failed_users", Json.MAPPER.valueToTree(run.numbers.failedUsers()));
        report.set("probes", probes(run));
        report.set("pools", Json.MAPPER.valueToTree(run.pools()));
        String engines = run.statuses.values().stream()
                .map(WorkerStatus::engine)
                .distinct()
                .sorted()
                .collect(Collectors.joining("; "));
        report.set("interruptions", Json.MAPPER.valueToTree(run.mishaps.interruptions()));
        report.set("environment", environment.put("engine", engines));
        report.put("percentile_error", 0.001);
        return report;
    }

    private static @Nullable String reason(Run run) {
        StopReason reason = run.stopReason();
        return reason == null ? null : reason.text();
    }

    private static void counts(ObjectNode to, Totals totals) {
        to.put("total_requests", totals.count());
        to.put("total_failures", totals.failures());
        to.put("error_rate", Rates.share(totals.failures(), totals.count()));
    }

    private static void latencies(ObjectNode to, Totals totals) {
        ObjectNode response = latency(totals.responseMs());
        ObjectNode common = response.deepCopy();
        common.remove("p999");
        to.set("latency_ms", common);
        to.set("service_time_ms", latency(totals.serviceMs()));
        to.set("response_time_ms", response);
        to.set("phases", Json.MAPPER.valueToTree(totals.phases()));
    }

    /** All keys, with null where there was no sample. */
    private static ObjectNode latency(@Nullable Latency latency) {
        ObjectNode node = Json.MAPPER.createObjectNode();
        node.put("p50", latency == null ? null : latency.p50());
        node.put("p90", latency == null ? null : latency.p90());
        node.put("p95", latency == null ? null : latency.p95());
        node.put("p99", latency == null ? null : latency.p99());
        node.put("p999", latency == null ? null : latency.p999());
        node.put("mean", latency == null ? null : latency.mean());
        node.put("max", latency == null ? null : latency.max());
        return node;
    }

    private static JsonNode endpoints(Run run, Kind kind) {
        ObjectNode endpoints = Json.MAPPER.createObjectNode();
        run.numbers.totalsByName(kind).forEach((name, totals) -> {
            ObjectNode endpoint = endpoints.putObject(name);
            counts(endpoint, totals);
            endpoint.put("rps", totals.rps());
            latencies(endpoint, totals);
            endpoint.set("by_code", Json.MAPPER.valueToTree(totals.codes()));
        });
        return endpoints;
    }

    private static ObjectNode safety(Safety safety) {
        ObjectNode node = Json.MAPPER.createObjectNode();
        node.set("allowed_hosts", Json.MAPPER.valueToTree(safety.allowedHosts()));
        node.put("max_users", safety.maxUsers());
        node.put("max_rps", safety.maxRps());
        node.put("dead_man_s", safety.deadManSeconds());
        return node;
    }

    private static ObjectNode health(Generators.Outcome outcome) {
        ObjectNode health = Json.MAPPER.createObjectNode();
        health.put("state", outcome.state().name().toLowerCase(Locale.ROOT));
        health.put("worker", outcome.worker().isEmpty() ? null : outcome.worker());
        health.set("reasons", Json.MAPPER.valueToTree(outcome.reasons()));
        health.put("lagging_s", outcome.laggingSeconds());
        health.put("saturated_s", outcome.saturatedSeconds());
        return health;
    }

    /** Their figures; the calls themselves are kept beside the report. */
    private static ArrayNode probes(Run run) {
        ArrayNode probes = Json.MAPPER.valueToTree(run.probes());
        probes.forEach(probe -> ((ObjectNode) probe).remove(List.of("recent", "last")));
        return probes;
    }

    private static ArrayNode workers(Run run) {
        ArrayNode workers = Json.MAPPER.createArrayNode();
        TreeMap<String, Long> requests = new TreeMap<>(run.numbers.requestsByWorker());
        run.statuses.keySet().forEach(id -> requests.putIfAbsent(id, 0L));
        run.lost().keySet().forEach(id -> requests.putIfAbsent(id, 0L));
        requests.forEach((id, count) -> {
            WorkerStatus status = run.statuses.get(id);
            Long lostAt = run.lost().get(id);
            long told = run.numbers.reportedUntil(id);
            workers.addObject()
                    .put("id", id)
                    .put("requests", count)
                    .put("engine", status == null ? null : status.engine())
                    .put(
                            "reported_until",
                            told == 0 ? null : Instant.ofEpochMilli(told).toString())
                    .put(
                            "lost_at",
                            lostAt == null ? null : Instant.ofEpochMilli(lostAt).toString());
        });
        return workers;
    }
}
