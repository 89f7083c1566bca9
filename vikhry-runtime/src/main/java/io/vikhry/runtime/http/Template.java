package io.vikhry.runtime.http;

import org.jspecify.annotations.Nullable;

/**
 * What two requests of the same method and path have in common, made once.
 *
 * @param method the method
 * @param written the path as the scenario wrote it
 * @param target where that leads
 * @param pool the connections that lead there
 * @param start request line and headers of the client, without the blank line
 * @param bodiless the whole head of such a request without a body and without headers of its own
 * @param label of such a request without a name of its own, in one step; {@code null} until there was one
 */
record Template(
        String method,
        String written,
        Target target,
        Pool pool,
        String start,
        byte[] bodiless,
        @Nullable Label label) {

    Template labelled(Label other) {
        return new Template(method, written, target, pool, start, bodiless, other);
    }
}
