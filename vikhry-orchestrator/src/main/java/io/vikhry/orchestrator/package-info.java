/** The orchestrator: leads the runs of one cluster, gathers their numbers, keeps their history, serves the API and the page. */
@NullMarked
package io.vikhry.orchestrator;

import org.jspecify.annotations.NullMarked;
