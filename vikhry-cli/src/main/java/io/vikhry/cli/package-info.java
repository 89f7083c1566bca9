/** Being built. */
@NullMarked
package io.vikhry.cli;

import org.jspecify.annotations.NullMarked;
