/** What vikhry starts on this machine: processes, their logs, and the files that remember them. */
@NullMarked
package io.vikhry.cli.local;

import org.jspecify.annotations.NullMarked;
