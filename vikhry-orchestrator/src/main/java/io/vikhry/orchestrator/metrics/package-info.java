/** What was measured: batches of all workers merged into totals, points, errors and their completeness. */
@NullMarked
package io.vikhry.orchestrator.metrics;

import org.jspecify.annotations.NullMarked;
