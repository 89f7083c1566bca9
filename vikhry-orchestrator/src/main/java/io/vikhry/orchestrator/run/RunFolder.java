package io.vikhry.orchestrator.run;

import com.fasterxml.jackson.databind.JsonNode;
import io.vikhry.cluster.IntervalBatch;
import io.vikhry.orchestrator.metrics.Numbers;
import io.vikhry.orchestrator.metrics.Point;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * One run on disk: {@code plan.json}, {@code batches.log}, {@code points.jsonl} and, when it has ended, {@code numbers.json} and
 * {@code report.json}.
 *
 * <p>The two logs are only appended to, one JSON text a line. A crash can tear the last line: it is cut off when the run is opened
 * to go on, and skipped when it is read. The other files appear whole or not at all. One thread writes; any thread reads.
 */
public final class RunFolder implements AutoCloseable {
    private final Path folder;
    private final RunHead head;
    private final FileChannel batches;
    private final FileChannel points;

    private RunFolder(Path folder, RunHead head) throws IOException {
        this.folder = folder;
        this.head = head;
        this.batches = appendTo(folder.resolve("batches.log"));
        try {
            this.points = appendTo(folder.resolve("points.jsonl"));
        } catch (IOException e) {
            batches.close();
            throw e;
        }
    }

    static RunFolder create(Path folder, RunHead head) {
        try {
            Files.createDirectory(folder);
            writeWhole(folder.resolve("plan.json"), head);
            return new RunFolder(folder, head);
        } catch (IOException e) {
            throw new UncheckedIOException("the run cannot be kept in " + folder + ": " + e, e);
        }
    }

    static RunFolder reopen(Path folder) {
        try {
            return new RunFolder(
                    folder, Json.MAPPER.readValue(folder.resolve("plan.json").toFile(), RunHead.class));
        } catch (IOException e) {
            throw new UncheckedIOException("the run in " + folder + " cannot be opened: " + e, e);
        }
    }

    /** What was asked for. */
    public RunHead head() {
        return head;
    }

    /** Appends batches, those of one reading in one write. */
    public void append(List<IntervalBatch> fresh) {
        write(batches, fresh);
    }

    /** Appends points; a later one for the same second replaces an earlier one. */
    public void appendPoints(List<Point> changed) {
        write(points, changed);
    }

    /** Hands every batch kept so far to {@code each}, in the order of their arrival. */
    public void replay(Consumer<IntervalBatch> each) {
        readLines(folder.resolve("batches.log"), IntervalBatch.class, each);
    }

    /** Writes the last numbers and then the report, which ends the run. */
    public void finish(Numbers numbers, JsonNode report) {
        try {
            batches.force(true);
            points.force(true);
            writeWhole(folder.resolve("numbers.json"), numbers);
            writeWhole(folder.resolve("report.json"), report);
        } catch (IOException e) {
            throw new UncheckedIOException("the report of " + folder.getFileName() + " cannot be written: " + e, e);
        }
    }

    @Override
    public void close() {
        try (batches;
                points) {
            // Closing is all.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The report, once the run has ended. */
    public Optional<JsonNode> report() {
        return report(folder);
    }

    static Optional<RunHead> head(Path folder) {
        return read(folder.resolve("plan.json")).map(json -> Json.MAPPER.convertValue(json, RunHead.class));
    }

    static Optional<JsonNode> numbers(Path folder) {
        return read(folder.resolve("numbers.json"));
    }

    static Optional<JsonNode> report(Path folder) {
        return read(folder.resolve("report.json"));
    }

    /** The newest point of each second, in order of time. */
    static List<Point> points(Path folder) {
        Map<Long, Point> newest = new TreeMap<>();
        readLines(folder.resolve("points.jsonl"), Point.class, point -> newest.put(point.t(), point));
        return new ArrayList<>(newest.values());
    }

    private static Optional<JsonNode> read(Path file) {
        try {
            return Files.exists(file) ? Optional.of(Json.MAPPER.readTree(file.toFile())) : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be read: " + e, e);
        }
    }

    private static <T> void readLines(Path file, Class<T> type, Consumer<T> each) {
        if (!Files.exists(file)) {
            return;
        }
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            String next = lines.readLine();
            while (next != null) {
                String line = next;
                next = lines.readLine();
                try {
                    each.accept(Json.MAPPER.readValue(line, type));
                } catch (IOException e) {
                    if (next != null) {
                        throw e;
                    }
                    // The last line may be torn, or just being written.
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be read: " + e, e);
        }
    }

    private static void write(FileChannel file, List<?> records) {
        if (records.isEmpty()) {
            return;
        }
        try {
            ByteArrayOutputStream lines = new ByteArrayOutputStream();
            for (Object each : records) {
                lines.write(Json.MAPPER.writeValueAsBytes(each));
                lines.write('\n');
            }
            ByteBuffer buffer = ByteBuffer.wrap(lines.toByteArray());
            while (buffer.hasRemaining()) {
                file.write(buffer);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the run cannot be kept on disk: " + e, e);
        }
    }

    /** Opens a log to append to, without the torn line that a crash may have left at its end. */
    private static FileChannel appendTo(Path log) throws IOException {
        FileChannel file =
                FileChannel.open(log, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        long end = file.size();
        ByteBuffer chunk = ByteBuffer.allocate(8192);
        while (end > 0) {
            long from = Math.max(0, end - chunk.capacity());
            chunk.clear().limit((int) (end - from));
            while (chunk.hasRemaining() && file.read(chunk, from + chunk.position()) >= 0) {
                // Reads on until the chunk is full.
            }
            int last = new String(chunk.array(), 0, chunk.position(), StandardCharsets.ISO_8859_1).lastIndexOf('\n');
            if (last >= 0) {
                end = from + last + 1;
                break;
            }
            end = from;
        }
        file.truncate(end);
        file.position(end);
        return file;
    }

    private static void writeWhole(Path file, Object value) throws IOException {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        try (FileChannel out = FileChannel.open(
                part, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer bytes =
                    ByteBuffer.wrap(Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(value));
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            out.force(true);
        }
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
