package io.vikhry.api;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A field of a {@link VU} that is set from outside before {@link VU#onInit}: {@code --param name=value}, the start form of
 * the page, the REST API. Not static, not final. Types: {@code String}, {@code boolean}, {@code int}, {@code long},
 * {@code double} and their boxes, {@link java.net.URI}, {@link java.time.Duration} (as {@code "250ms"}) and enums.
 *
 * <p>The field's initial value is the default; a field without one ({@code null}) is required. Missing, unknown and
 * ill-typed values are refused by name before anything starts.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.FIELD)
public @interface Param {
    /** The name outside; the field's name if empty. */
    String name() default "";

    /** One line for the person who fills it in. */
    String description() default "";
}
