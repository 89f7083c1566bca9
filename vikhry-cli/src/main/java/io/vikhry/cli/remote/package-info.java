/** The orchestrator as seen from the command line: its API and the runs on it. */
@NullMarked
package io.vikhry.cli.remote;

import org.jspecify.annotations.NullMarked;
