package io.vikhry.orchestrator.run;

import com.fasterxml.jackson.databind.JsonNode;
import io.vikhry.orchestrator.metrics.Point;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The history of runs on disk, a folder each, named by the run and never written over. Safe for use by any thread. */
public final class RunStore {
    private static final Logger LOG = LoggerFactory.getLogger(RunStore.class);
    private static final Pattern RUN_ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

    private final Path runs;
    /** Entries of runs that have ended, which do not change any more. */
    private final Map<String, Entry> ended = new ConcurrentHashMap<>();

    public RunStore(Path home) {
        this.runs = home.resolve("runs");
        try {
            Files.createDirectories(runs);
        } catch (IOException e) {
            throw new UncheckedIOException("runs cannot be kept in " + runs + ": " + e, e);
        }
    }

    /**
     * A run as the list shows it. What only the end tells is {@code null} for a run that has no report.
     *
     * @param startedAt ms since 1970
     * @param p95Ms of the response times
     * @param verdict its level
     */
    public record Entry(
            String runId,
            String scenario,
            long startedAt,
            @Nullable Long endedAt,
            @Nullable Double durationS,
            int users,
            @Nullable Long totalRequests,
            @Nullable Long totalFailures,
            @Nullable Double p95Ms,
            @Nullable String stopReason,
            @Nullable String verdict) {}

    /** Makes the folder of a new run; it is an error if there is one. */
    public RunFolder create(RunHead head) {
        return RunFolder.create(folder(head.plan().runId()), head);
    }

    /** Opens the folder of a run for a later leader of it, or makes one; {@code token} is that of the leader's lease. */
    public RunFolder goOn(RunHead head, long token) {
        String runId = head.plan().runId();
        return exists(runId) ? RunFolder.goOn(folder(runId), head, token) : create(head);
    }

    /** Opens the folder of a run to read it, if it is here. */
    public Optional<RunFolder> past(String runId) {
        return head(runId).map(head -> RunFolder.past(folder(runId), head));
    }

    /** What the run's last leader has noted, if it is here and has not ended. */
    Optional<Course> unfinished(String runId) {
        return exists(runId) && report(runId).isEmpty() ? RunFolder.course(folder(runId)) : Optional.empty();
    }

    /** What the last leader of each run has noted that is here and has not ended. */
    List<Course> unfinished() {
        try (Stream<Path> folders = Files.list(runs)) {
            return folders.filter(folder -> !Files.exists(folder.resolve("report.json")))
                    .map(folder -> folder.getFileName().toString())
                    .flatMap(id -> noted(id).stream())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(runs + " cannot be read: " + e, e);
        }
    }

    private Optional<Course> noted(String runId) {
        try {
            return unfinished(runId);
        } catch (UncheckedIOException | IllegalArgumentException e) {
            LOG.warn("What was noted of run {} cannot be read: {}", runId, e.getMessage());
            return Optional.empty();
        }
    }

    /** Whether there is such a run. */
    public boolean exists(String runId) {
        return RUN_ID.matcher(runId).matches() && Files.exists(folder(runId).resolve("plan.json"));
    }

    /** What was asked for. */
    public Optional<RunHead> head(String runId) {
        return exists(runId) ? RunFolder.head(folder(runId)) : Optional.empty();
    }

    /** The report, if the run is here and has ended. */
    public Optional<JsonNode> report(String runId) {
        return exists(runId) ? RunFolder.report(folder(runId)) : Optional.empty();
    }

    /** The last numbers of a run, if it is here and has ended. */
    public Optional<JsonNode> numbers(String runId) {
        return exists(runId) ? RunFolder.numbers(folder(runId)) : Optional.empty();
    }

    /** The calls of one probe in a run that has ended, in order of time; empty if it was never called. */
    public Optional<JsonNode> probe(String runId, String probe) {
        return exists(runId) ? RunFolder.probes(folder(runId)).map(calls -> calls.get(probe)) : Optional.empty();
    }

    /** All points of a run, in order of time. */
    public List<Point> points(String runId) {
        return exists(runId) ? RunFolder.points(folder(runId)) : List.of();
    }

    /** All runs, newest first. */
    public List<Entry> list() {
        try (Stream<Path> folders = Files.list(runs)) {
            return folders.map(f -> f.getFileName().toString())
                    .filter(this::exists)
                    .flatMap(id -> entry(id).stream())
                    .sorted(Comparator.comparing(Entry::startedAt)
                            .thenComparing(Entry::runId)
                            .reversed())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(runs + " cannot be read: " + e, e);
        }
    }

    private Optional<Entry> entry(String runId) {
        Entry known = ended.get(runId);
        if (known != null) {
            return Optional.of(known);
        }
        try {
            RunHead head = RunFolder.head(folder(runId)).orElseThrow();
            Optional<Entry> entry = RunFolder.report(folder(runId)).map(report -> entry(head, report));
            entry.ifPresent(e -> ended.put(runId, e));
            return Optional.of(entry.orElseGet(() -> new Entry(
                    runId, head.scenario(), head.createdAt(), null, null, head.users(), null, null, null, null, null)));
        } catch (UncheckedIOException | IllegalArgumentException e) {
            LOG.warn("Run {} is not listed: {}", runId, e.getMessage());
            return Optional.empty();
        }
    }

    private static Entry entry(RunHead head, JsonNode report) {
        JsonNode p95 = report.path("latency_ms").path("p95");
        return new Entry(
                head.plan().runId(),
                head.scenario(),
                Instant.parse(report.path("started_at").asText()).toEpochMilli(),
                Instant.parse(report.path("ended_at").asText()).toEpochMilli(),
                report.path("duration_s").asDouble(),
                report.path("target_users").asInt(),
                report.path("total_requests").asLong(),
                report.path("total_failures").asLong(),
                p95.isNumber() ? p95.asDouble() : null,
                report.path("stop_reason").asText(),
                report.path("verdict").path("level").asText(null));
    }

    private Path folder(String runId) {
        return runs.resolve(runId);
    }
}
