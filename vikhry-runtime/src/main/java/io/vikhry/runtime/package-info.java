/** Being built. */
@NullMarked
package io.vikhry.runtime;

import org.jspecify.annotations.NullMarked;
