/** Load curves as pure data: how many users are wanted at a time, and when that changes. */
@NullMarked
package io.vikhry.runtime.load;

import org.jspecify.annotations.NullMarked;
