/** Being built. */
@NullMarked
package io.vikhry.redis;

import org.jspecify.annotations.NullMarked;
