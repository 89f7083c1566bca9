package io.vikhry.runtime.vu;

import io.vikhry.runtime.engine.Loop;
import io.vikhry.runtime.http.AllowedHosts;
import io.vikhry.runtime.http.Gate;
import org.jspecify.annotations.Nullable;

/**
 * What a run's requests may not do, whoever sends them: users, factories and probes.
 *
 * @param hosts where they may go
 * @param throttle how many may begin in a second, or {@code null} for as many as there are
 */
public record Leash(AllowedHosts hosts, @Nullable Throttle throttle) {
    /** No limits. */
    public static final Leash NONE = new Leash(AllowedHosts.ANY, null);

    /** What each request from {@code loop} must pass. */
    public Gate gate(Loop loop, Fence fence) {
        return throttle == null ? fence : new Turnstile(loop, fence, throttle);
    }
}
