/**
 * A worker of a cluster: it renews its lease once a second, reconciles what runs in this JVM with what the cluster's plan and
 * assignment say, and sends what its users measured.
 */
@NullMarked
package io.vikhry.worker;

import org.jspecify.annotations.NullMarked;
