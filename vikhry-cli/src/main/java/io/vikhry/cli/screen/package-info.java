/** What people read on a terminal: colours, the live line and tables. */
@NullMarked
package io.vikhry.cli.screen;

import org.jspecify.annotations.NullMarked;
