/**
 * What a scenario author imports: {@link io.vikhry.api.VU} and its annotations, the {@link io.vikhry.api.Http} client and
 * {@link io.vikhry.api.Resources}. Everything here blocks, in straight-line code, on the virtual user's own virtual thread.
 */
@NullMarked
package io.vikhry.api;

import org.jspecify.annotations.NullMarked;
