/** What users measured: recorded on their loop without locks, collected once a second of cluster time. */
@NullMarked
package io.vikhry.runtime.metrics;

import org.jspecify.annotations.NullMarked;
