/** Scenarios: from a source file or a jar to a bundle, from a bundle to the steps, parameters and resources it declares. */
@NullMarked
package io.vikhry.runtime.scenario;

import org.jspecify.annotations.NullMarked;
