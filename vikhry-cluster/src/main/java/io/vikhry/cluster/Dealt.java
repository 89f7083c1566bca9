package io.vikhry.cluster;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How an assignment lies in Redis: what concerns all in one field, and a field for the share of each worker. A worker reads two
 * of them; were it one text, what all workers read together would grow with the square of their number.
 */
final class Dealt {
    private static final String ALL = "all";
    private static final String SHARE = "share:";

    private Dealt() {}

    /** What assign.lua and restore.lua write: digest, assignment without shares, worker and share, one after the other. */
    static List<Object> arguments(Assignment assignment) {
        List<Object> args = new ArrayList<>();
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        byte[] all = Json.write(with(assignment, Map.of()));
        whole.writeBytes(all);
        args.add(all);
        new TreeMap<>(assignment.shares()).forEach((workerId, share) -> {
            byte[] json = Json.write(share);
            whole.writeBytes(workerId.getBytes(StandardCharsets.UTF_8));
            whole.writeBytes(json);
            args.add(Names.check("worker id", workerId));
            args.add(json);
        });
        args.addFirst(Digests.sha256(whole.toByteArray()));
        return args;
    }

    /** The fields that one worker reads. */
    static String[] fields(String workerId) {
        return new String[] {ALL, SHARE + Names.check("worker id", workerId)};
    }

    /** The assignment with those shares that are among the fields; {@code null} if there is none. */
    static @Nullable Assignment read(Map<String, byte[]> fields, String key) {
        byte[] all = fields.get(ALL);
        if (all == null) {
            return null;
        }
        Map<String, Assignment.Share> shares = new HashMap<>();
        fields.forEach((field, json) -> {
            if (field.startsWith(SHARE)) {
                shares.put(field.substring(SHARE.length()), Json.read(json, Assignment.Share.class, key));
            }
        });
        return with(Json.read(all, Assignment.class, key), shares);
    }

    private static Assignment with(Assignment assignment, Map<String, Assignment.Share> shares) {
        return new Assignment(
                assignment.runId(),
                assignment.epoch(),
                assignment.version(),
                assignment.phase(),
                assignment.t0Millis(),
                assignment.stages(),
                assignment.dealtMillis(),
                shares,
                assignment.drainMillis());
    }
}
