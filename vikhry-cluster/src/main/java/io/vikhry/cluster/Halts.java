package io.vikhry.cluster;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The kill switch and the dead-man switch: state of their own, which nobody has to lead the cluster to write. */
public final class Halts {
    private final Redis redis;
    private final Keys keys;

    Halts(Redis redis, Keys keys) {
        this.redis = redis;
        this.keys = keys;
    }

    /**
     * Orders the run under way to end and tells every worker at once. Of two orders for one run the first stays, but a kill
     * goes before anything else.
     *
     * @param by who orders it, in one line
     * @return the cluster's state; {@link Transition#done} is false where no run is under way, or where workers say that they are
     *     orphaned and somebody leads
     */
    public Transition order(Halt.Kind kind, String by) {
        return redis.eval(Script.HALT, keys(keys), args(keys, kind, by)).transition();
    }

    static String[] keys(Keys keys) {
        return new String[] {keys.state(), keys.halt(), keys.workers(), keys.leader()};
    }

    static Object[] args(Keys keys, Halt.Kind kind, String by) {
        return new Object[] {
            kind,
            by.replaceAll("\\p{Cntrl}", " "),
            keys.workerPrefix(),
            Commands.HALT,
            Commands.LONGEST,
            Commands.KEEP_MILLIS
        };
    }

    /** The newest order, whatever run it was for. */
    public Optional<Halt> newest() {
        byte[] text = redis.call(r -> r.get(keys.halt()));
        return Optional.ofNullable(text == null ? null : parse(new String(text, StandardCharsets.UTF_8)));
    }

    static @Nullable Halt parse(String text) {
        if (text.isEmpty()) {
            return null;
        }
        String[] parts = text.split("\\|", 4);
        return new Halt(Halt.Kind.valueOf(parts[1]), Long.parseLong(parts[0]), parts[3], Long.parseLong(parts[2]));
    }
}
