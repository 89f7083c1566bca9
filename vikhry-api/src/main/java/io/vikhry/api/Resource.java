package io.vikhry.api;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The factory of a pool of resources: a static method of the scenario, taking a {@link ResourceContext} and returning a
 * value that JSON can carry (a record, best). It runs once for each item of the pool, spread over the workers, before the
 * first user starts; users then {@linkplain Resources#acquire acquire} items, and no two hold the same one. A factory that
 * throws is tried three times, with a pause. It runs twice for an item if its worker dies before it has said that the item is
 * made: let it find what it made before, by {@link ResourceContext#id}.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Resource {
    /** The pool's name: 1 to 128 of {@code A-Z a-z 0-9 _ . : -}. */
    String value();

    /** After how many {@link Resources#releaseFaulty} in a row an item is taken out of use; 1 and up. */
    int faults() default 3;
}
