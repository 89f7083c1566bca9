/** Whether a run's numbers can be believed: what is known of how they came about, and the verdict on it. */
@NullMarked
package io.vikhry.orchestrator.verdict;

import org.jspecify.annotations.NullMarked;
