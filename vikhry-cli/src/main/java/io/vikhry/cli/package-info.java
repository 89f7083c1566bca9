/** The {@code vikhry} command: its subcommands, their options and their exit codes. */
@NullMarked
package io.vikhry.cli;

import org.jspecify.annotations.NullMarked;
