/**
 * The Redis contract of a vikhry cluster, and the only place that talks to Redis: keys, scripts, commands, leases and codecs.
 * State (plan, assignment) is what counts; commands only say "look again".
 */
@NullMarked
package io.vikhry.cluster;

import org.jspecify.annotations.NullMarked;
