/** Runs: the state machine, who runs which users, and what is kept of each run on disk. */
@NullMarked
package io.vikhry.orchestrator.run;

import org.jspecify.annotations.NullMarked;
