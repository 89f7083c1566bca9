/** Being built. */
@NullMarked
package io.vikhry.worker;

import org.jspecify.annotations.NullMarked;
