/** The loops that users run on: one thread each for sockets, timers and the users' virtual threads. */
@NullMarked
package io.vikhry.runtime.engine;

import org.jspecify.annotations.NullMarked;
