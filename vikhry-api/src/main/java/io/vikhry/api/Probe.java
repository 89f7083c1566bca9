package io.vikhry.api;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A look at the system under test beside the load: a static method of the scenario that one worker of the cluster calls again
 * and again while the load runs. It takes nothing or a {@link ProbeContext}, and returns a number, a boolean, a
 * {@link java.time.Duration}, a record of these, or nothing. It fails by throwing.
 *
 * <p>It runs on a thread apart from the users, so it may block; no probe delays users or another probe, and none runs beside
 * itself. When the worker that runs the probes is lost, another one goes on with them.
 *
 * <pre>{@code
 * @Probe(every = "5s", timeout = "2s")
 * static int queueDepth(ProbeContext ctx) {
 *   return ctx.http(ctx.param("baseUrl", URI.class)).build().get("/queue").send().json("/depth", int.class);
 * }
 * }</pre>
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Probe {
    /** Its name in charts and reports; the method's name if empty. */
    String name() default "";

    /** From one start to the next, as {@code "5s"}; at least {@code 100ms}. A start that comes while it still runs is left out. */
    String every();

    /** The longest one call may take; then it is interrupted and counted as failed. */
    String timeout() default "5s";
}
