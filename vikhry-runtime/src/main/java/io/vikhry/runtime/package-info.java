/** Runs virtual users in one JVM. Knows nothing of Redis, of REST and of the command line. */
@NullMarked
package io.vikhry.runtime;

import org.jspecify.annotations.NullMarked;
