package io.vikhry.orchestrator.run;

import com.fasterxml.jackson.databind.JsonNode;
import io.vikhry.cluster.IntervalBatch;
import io.vikhry.orchestrator.metrics.Numbers;
import io.vikhry.orchestrator.metrics.Point;
import io.vikhry.orchestrator.metrics.ProbePoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run on disk: {@code plan.json}, {@code course.json}, {@code batches.log}, {@code points.jsonl} and, when it has ended,
 * {@code probes.json}, {@code numbers.json} and {@code report.json}.
 *
 * <p>The two logs are only appended to, and each leader of the run appends to logs of its own ({@code batches-<token>.log} after
 * the first): so one that was stopped and continued cannot write into what its successor writes, and what both have is counted
 * once when the batches are replayed. The other files appear whole or not at all.
 *
 * <p>A disk that is full does not end a run: what it does not take is counted, and said. One thread appends, the conductor's
 * writes the rest; any thread reads.
 */
public final class RunFolder implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RunFolder.class);
    private static final String BATCHES = "batches";
    private static final String POINTS = "points";

    private final Path folder;
    private final RunHead head;
    private final @Nullable BatchLog batches;
    private final @Nullable Log points;
    private volatile long unkept;
    private volatile @Nullable String trouble;

    private RunFolder(Path folder, RunHead head, @Nullable BatchLog batches, @Nullable Log points) {
        this.folder = folder;
        this.head = head;
        this.batches = batches;
        this.points = points;
    }

    static RunFolder create(Path folder, RunHead head) {
        try {
            Files.createDirectory(folder);
            JsonFile.write(folder.resolve("plan.json"), head);
        } catch (IOException e) {
            throw new UncheckedIOException("the run cannot be kept in " + folder + ": " + e, e);
        }
        return new RunFolder(
                folder, head, new BatchLog(folder.resolve("batches.log")), new Log(folder.resolve("points.jsonl")));
    }

    /** Opens it for a later leader of the run, with logs of its own; {@code token} is that of its lease. */
    static RunFolder goOn(Path folder, RunHead head, long token) {
        return new RunFolder(
                folder,
                head,
                new BatchLog(folder.resolve(BATCHES + "-" + token + ".log")),
                new Log(folder.resolve(POINTS + "-" + token + ".jsonl")));
    }

    /** Opens it to read only. */
    static RunFolder past(Path folder, RunHead head) {
        return new RunFolder(folder, head, null, null);
    }

    /** What was asked for. */
    public RunHead head() {
        return head;
    }

    /** Appends encoded batches, those of one reading in one write. */
    public void append(List<byte[]> fresh) {
        BatchLog log = batches;
        if (log == null) {
            throw toBeRead();
        }
        if (!write(fresh, () -> log.append(fresh))) {
            unkept += fresh.size();
        }
    }

    /** Appends points; a later one for the same second replaces an earlier one. */
    public void appendPoints(List<Point> changed) {
        Log log = points;
        if (log == null) {
            throw toBeRead();
        }
        write(changed, () -> log.append(changed));
    }

    /** Writes the run's course. */
    void keep(Course course) {
        try {
            JsonFile.write(folder.resolve("course.json"), course);
        } catch (IOException e) {
            troubled(e);
        }
    }

    /** Batches that the disk did not take. */
    public long unkept() {
        return unkept;
    }

    /** Why the disk does not take what is to be kept, in one line; empty while it does. */
    public Optional<String> trouble() {
        return Optional.ofNullable(trouble);
    }

    /** Hands every batch kept so far to {@code each}, some of them twice, in the order of their arrival. */
    public void replay(Consumer<IntervalBatch> each) {
        logs(folder, BATCHES).forEach(log -> BatchLog.read(log, each));
    }

    /** Writes the calls of each probe, by its name. */
    public void keepProbes(Map<String, List<ProbePoint>> calls) {
        if (calls.isEmpty()) {
            return;
        }
        try {
            JsonFile.write(folder.resolve("probes.json"), calls);
        } catch (IOException e) {
            throw new UncheckedIOException("the probes of " + folder.getFileName() + " cannot be kept: " + e, e);
        }
    }

    /** Writes the last numbers and then the report, which ends the run. */
    public void finish(Numbers numbers, JsonNode report) {
        try {
            if (batches != null && points != null) {
                batches.force();
                points.force();
            }
            JsonFile.write(folder.resolve("numbers.json"), numbers);
            JsonFile.write(folder.resolve("report.json"), report);
        } catch (IOException e) {
            throw new UncheckedIOException("the report of " + folder.getFileName() + " cannot be written: " + e, e);
        }
    }

    /** Takes it back: the run never began. */
    void discard() {
        close();
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
            Files.delete(folder);
        } catch (IOException e) {
            LOG.warn("{} is left behind by a start that was refused: {}", folder, e.toString());
        }
    }

    @Override
    public void close() {
        try {
            if (batches != null && points != null) {
                batches.close();
                points.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private IllegalStateException toBeRead() {
        return new IllegalStateException(folder + " was opened to be read");
    }

    /** A write that the disk may refuse. */
    private interface Write {
        void run() throws IOException;
    }

    private boolean write(List<?> records, Write write) {
        if (records.isEmpty()) {
            return true;
        }
        try {
            write.run();
        } catch (IOException e) {
            troubled(e);
            return false;
        }
        if (trouble != null) {
            LOG.info("Run {} is kept on disk again", folder.getFileName());
            trouble = null;
        }
        return true;
    }

    private void troubled(IOException e) {
        String why = "the run cannot be kept in " + folder + " (" + e.getMessage() + "); free some space there";
        if (trouble == null) {
            LOG.error("The run goes on, but {}", why);
        }
        trouble = why;
    }

    /** The report, once the run has ended. */
    public Optional<JsonNode> report() {
        return report(folder);
    }

    /** What the run's last leader has noted. */
    Optional<Course> course() {
        return course(folder);
    }

    static Optional<RunHead> head(Path folder) {
        return JsonFile.read(folder.resolve("plan.json")).map(json -> Json.MAPPER.convertValue(json, RunHead.class));
    }

    static Optional<Course> course(Path folder) {
        return JsonFile.read(folder.resolve("course.json")).map(json -> Json.MAPPER.convertValue(json, Course.class));
    }

    static Optional<JsonNode> numbers(Path folder) {
        return JsonFile.read(folder.resolve("numbers.json"));
    }

    static Optional<JsonNode> probes(Path folder) {
        return JsonFile.read(folder.resolve("probes.json"));
    }

    static Optional<JsonNode> report(Path folder) {
        Path file = folder.resolve("report.json");
        return JsonFile.read(file).map(report -> dated(file, report));
    }

    /** The newest point of each second, in order of time. */
    static List<Point> points(Path folder) {
        Map<Long, Point> newest = new TreeMap<>();
        logs(folder, POINTS).forEach(log -> Log.read(log, Point.class, point -> newest.put(point.t(), point)));
        return new ArrayList<>(newest.values());
    }

    /** The logs of that name, in the order of their leaders. */
    private static List<Path> logs(Path folder, String name) {
        try (var files = Files.list(folder)) {
            // A token is a time in ms, so all have the same length; the first leader's log has none.
            return files.filter(file -> file.getFileName().toString().matches(name + "(-\\d+)?\\.(log|jsonl)"))
                    .sorted((a, b) -> {
                        int byLength = Integer.compare(
                                a.getFileName().toString().length(),
                                b.getFileName().toString().length());
                        return byLength != 0 ? byLength : a.compareTo(b);
                    })
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(folder + " cannot be read: " + e, e);
        }
    }

    private static JsonNode dated(Path file, JsonNode report) {
        try {
            Instant.parse(report.path("started_at").asText());
            Instant.parse(report.path("ended_at").asText());
            return report;
        } catch (DateTimeParseException e) {
            throw new UncheckedIOException(
                    file + " cannot be read: it does not say when the run was", new IOException(e));
        }
    }
}
