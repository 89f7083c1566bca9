package io.vikhry.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A Lua script of the contract: each is one atomic step in Redis. Its text is the resource of its name. */
enum Script {
    STATE,
    ANNOUNCE,
    BEGIN,
    MOVE,
    RESTORE,
    ASSIGN,
    NOTE,
    LEAD,
    LEAD_RENEW,
    JOIN,
    RENEW,
    LEAVE,
    WORKERS,
    LOOK,
    HALT,
    ONCE,
    ONCE_SETTLE,
    BARRIER,
    BARRIER_GONE,
    APPEND,
    ADVANCE,
    POOL_ORDER,
    POOL_PUT,
    POOL_CANCEL,
    POOL_TAKE,
    POOL_UNTAKE,
    POOL_MADE,
    POOL_FAILED,
    POOL_ACQUIRE,
    POOL_RELEASE,
    POOL_RELEASE_ALL,
    POOL_RECLAIM,
    POOL_QUARANTINE,
    POOL_RESTORE,
    POOL_DROP,
    POOL_RESET,
    POOL_COUNTS,
    POOL_ITEMS,
    POOL_DELETE;

    private static final Set<Script> READING = EnumSet.of(STATE, WORKERS, POOL_COUNTS, POOL_ITEMS);

    /** Read when it is needed first, for a command may need one of them and no other. */
    private volatile @Nullable Text known;

    private record Text(byte[] bytes, String sha1) {}

    byte[] text() {
        return read().bytes;
    }

    /** Whether it may change anything. */
    boolean writes() {
        return !READING.contains(this);
    }

    /** The name under which Redis keeps it. */
    String sha1() {
        return read().sha1;
    }

    private Text read() {
        Text text = known;
        if (text == null) {
            String file = name().toLowerCase(Locale.ROOT).replace('_', '-');
            byte[] bytes = (read("common") + (file.startsWith("pool-") ? read("pools") : "") + read(file))
                    .getBytes(StandardCharsets.UTF_8);
            text = new Text(bytes, digest(bytes));
            known = text;
        }
        return text;
    }

    private static String read(String file) {
        try (InputStream in = Script.class.getResourceAsStream(file + ".lua")) {
            if (in == null) {
                throw new IllegalStateException("vikhry-cluster was packed without " + file + ".lua");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException("vikhry-cluster's " + file + ".lua cannot be read", e);
        }
    }

    private static String digest(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-1", e);
        }
    }
}
