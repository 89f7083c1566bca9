package io.vikhry.runtime.http;

import io.vikhry.runtime.metrics.Kind;
import io.vikhry.runtime.metrics.Series;
import org.jspecify.annotations.Nullable;

/**
 * What a request is counted as.
 *
 * @param name as the scenario or the default names it; the series may have another, where there were too many
 * @param step the step it was made in
 * @param series null where its owner is not measured
 */
record Label(String name, String step, @Nullable Series series) {
    static Label of(ClientOwner owner, String name, String step) {
        Series series = owner.measured() ? owner.loop().recorder().series(Kind.REQUEST, step, name) : null;
        return new Label(name, step, series);
    }
}
