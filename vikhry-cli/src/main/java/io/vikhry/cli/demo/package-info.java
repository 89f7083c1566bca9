/** A small shop to put load on: the target of {@code vikhry demo}. */
@NullMarked
package io.vikhry.cli.demo;

import org.jspecify.annotations.NullMarked;
