/** Being built. */
@NullMarked
package io.vikhry.orchestrator;

import org.jspecify.annotations.NullMarked;
