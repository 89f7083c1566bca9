package io.vikhry.runtime.vu;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A scenario's wish to end the whole run: the first reason stays. Any thread may call. */
final class RunAbort {
    private static final int LONGEST = 500;

    private final AtomicReference<@Nullable String> reason = new AtomicReference<>();

    void because(String why) {
        reason.compareAndSet(null, why.length() <= LONGEST ? why : why.substring(0, LONGEST - 1) + "…");
    }

    Optional<String> reason() {
        return Optional.ofNullable(reason.get());
    }
}
