package io.vikhry.api;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A step of a scenario: a method without parameters, not static, not private. It fails by throwing; its result is ignored.
 *
 * <p>A user runs one step at a time. Among the steps that are ready (what they {@link #requires} has succeeded, and
 * {@link #every} allows it) one is chosen at random in proportion to {@link #weight}; {@link VU#strategy} may say otherwise. Steps of superclasses count; an
 * overriding method replaces the step it overrides, and removes it when it is not annotated itself.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Step {
    /** The step's name in every table and chart; the method's name if empty. */
    String name() default "";

    /** How often it is chosen among ready steps, relative to the others; greater than 0. */
    double weight() default 1;

    /** Names of steps that must have succeeded once in this user's life; unknown names and cycles are refused at load. */
    String[] requires() default {};

    /**
     * From one intended start to the next: {@code "1s"}, or a uniform range {@code "200ms..1s"}; units {@code us}, {@code ms},
     * {@code s}, {@code m}, {@code h}. A start that comes late keeps its intended time, and response time counts from there.
     * Empty: as soon as it is chosen.
     *
     * <p>Where it is one fixed time, and no other step requires this one, users begin at different parts of the first period:
     * user 0 at once, user 1 half a period later, users 2 and 3 a quarter and three quarters later, and so on. So many users who
     * come at the same instant are an even load and not a burst each period. In the open model (a rate of arrivals) it does
     * not count: arrivals say when a step runs.
     */
    String every() default "";

    /** The longest one execution may take, as {@code "5s"}; then it is interrupted and counted as failed. Empty: no limit. */
    String timeout() default "";

    /** What follows when it fails. */
    OnError onError() default OnError.CONTINUE;
}
