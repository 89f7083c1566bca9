/** Virtual users at work: their lives, their steps, the fence they stand behind and the resources they lease. */
@NullMarked
package io.vikhry.runtime.vu;

import org.jspecify.annotations.NullMarked;
