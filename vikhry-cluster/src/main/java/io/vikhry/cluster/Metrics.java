package io.vikhry.cluster;

import io.lettuce.core.StreamMessage;
import io.lettuce.core.XReadArgs;
import io.lettuce.core.XReadArgs.StreamOffset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The stream of batches from the workers of a run to the leader. */
public final class Metrics implements AutoCloseable {
    /** Where reading a stream begins. */
    public static final String START = "0-0";

    private static final Duration LONGEST_BLOCK = Duration.ofSeconds(2);

    /** Holds a thousand workers for a minute and a half without a leader; what is cut off counts as missing. */
    private static final int LONGEST = 100_000;

    private final Redis redis;
    private final Keys keys;
    private Redis.@Nullable Dedicated reader;

    Metrics(Redis redis, Keys keys) {
        this.redis = redis;
        this.keys = keys;
    }

    /** Appends a batch to its run's stream. What becomes of it is unknown when this throws: {@link Spool} sends it again. */
    public void append(IntervalBatch batch) {
        Names.check("worker id", batch.workerId());
        redis.eval(
                Script.APPEND,
                new String[] {keys.metrics(Names.check("run", batch.runId())), keys.state()},
                batch.runId(),
                BatchCodec.encode(batch),
                LONGEST,
                Lifecycle.KEEP_RUN_MILLIS);
    }

    /**
     * Entries of a run after {@code afterId}, at most {@code max}; waits for one up to {@code block} (2 s at most) on a connection
     * of its own, which is for one reading thread.
     */
    @SuppressWarnings("unchecked")
    public List<Entry> read(String runId, String afterId, int max, Duration block) {
        Duration wait = block.compareTo(LONGEST_BLOCK) > 0 ? LONGEST_BLOCK : block;
        XReadArgs args = XReadArgs.Builder.count(max);
        if (wait.toMillis() > 0) {
            args.block(wait);
        }
        StreamOffset<String> offset = StreamOffset.from(keys.metrics(Names.check("run", runId)), afterId);
        List<StreamMessage<String, byte[]>> messages = reader().call(r -> r.xread(args, offset));
        List<Entry> entries = new ArrayList<>(messages.size());
        for (StreamMessage<String, byte[]> message : messages) {
            entries.add(entry(runId, message.getId(), message.getBody().get("b")));
        }
        return entries;
    }

    private static Entry entry(String runId, String id, byte @Nullable [] bytes) {
        if (bytes == null) {
            return new Entry(id, null, "it has no batch", new byte[0]);
        }
        try {
            IntervalBatch batch = BatchCodec.decode(bytes);
            return batch.runId().equals(runId)
                    ? new Entry(id, batch, null, bytes)
                    : new Entry(id, null, "its batch is of run " + batch.runId(), bytes);
        } catch (MalformedBatchException e) {
            return new Entry(id, null, e.getMessage(), bytes);
        }
    }

    private synchronized Redis.Dedicated reader() {
        Redis.Dedicated own = reader;
        if (own == null) {
            own = redis.dedicated(LONGEST_BLOCK);
            reader = own;
        }
        return own;
    }

    /**
     * Says how far each sequence was taken over, and forgets the stream's entries before {@code throughId}. Cursors only grow.
     * False if {@code leader} does not lead any more.
     */
    public boolean advance(LeaderLease leader, String runId, Map<BatchOrigin, Long> cursors, String throughId) {
        Map<String, Long> fields = new HashMap<>();
        cursors.forEach((origin, seq) -> fields.put(origin.field(), seq));
        return set(leader, runId, fields, throughId);
    }

    /**
     * Asks for batches again: of each sequence up to the given one has come, but not all before. The worker hears of it with its
     * next renewal. False if {@code leader} does not lead any more.
     */
    public boolean miss(LeaderLease leader, String runId, Map<BatchOrigin, Long> ahead) {
        Map<String, Long> fields = new HashMap<>();
        ahead.forEach((origin, seq) -> fields.put(origin.aheadField(), seq));
        return set(leader, runId, fields, START);
    }

    private boolean set(LeaderLease leader, String runId, Map<String, Long> fields, String throughId) {
        List<Object> args = new ArrayList<>(List.of(leader.token(), runId, throughId, Lifecycle.KEEP_RUN_MILLIS));
        fields.forEach((field, seq) -> {
            args.add(field);
            args.add(seq);
        });
        Names.check("run", runId);
        return redis.eval(
                        Script.ADVANCE,
                        new String[] {keys.cursors(runId), keys.metrics(runId), keys.leader(), keys.state()},
                        args.toArray())
                .yes(0);
    }

    /** How far each sequence of a run was taken over. */
    public Map<BatchOrigin, Long> cursors(String runId) {
        Map<BatchOrigin, Long> cursors = new HashMap<>();
        redis.call(r -> r.hgetall(keys.cursors(Names.check("run", runId)))).forEach((field, seq) -> {
            if (BatchOrigin.isCursor(field)) {
                cursors.put(BatchOrigin.of(runId, field), Long.parseLong(new String(seq, StandardCharsets.US_ASCII)));
            }
        });
        return cursors;
    }

    /** When an entry of that id was appended, by Redis' clock in ms since 1970. */
    public static long millisOf(String id) {
        return Long.parseLong(id.substring(0, id.indexOf('-')));
    }

    /** Ends the reading connection. */
    @Override
    public synchronized void close() {
        if (reader != null) {
            reader.close();
        }
    }

    /**
     * An entry of the stream.
     *
     * @param id its id; read on after it
     * @param batch the batch, or {@code null} if the entry holds none
     * @param fault why it holds none, or {@code null}
     * @param bytes what it holds, as it came
     */
    public record Entry(
            String id,
            @Nullable IntervalBatch batch,
            @Nullable String fault,
            byte[] bytes) {}
}
