/** Probes at work: a scenario's looks at the system under test beside the load. */
@NullMarked
package io.vikhry.runtime.probe;

import org.jspecify.annotations.NullMarked;
