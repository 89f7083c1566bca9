package io.vikhry.api;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The factory of a pool of resources: a static method of the scenario, taking a {@link ResourceContext} and returning a
 * value that JSON can carry (a record, best). It runs once for each item of the pool, spread over the workers, before the
 * first user starts; users then {@linkplain Resources#acquire acquire} items, and no two hold the same one.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Resource {
    /** The pool's name: 1 to 128 of {@code A-Z a-z 0-9 _ . : -}. */
    String value();
}
