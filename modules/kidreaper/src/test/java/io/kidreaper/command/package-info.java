/** {@code ./kidreaper} as tests call it: the packaged command, with its words and exit status. */
@NullMarked
package io.kidreaper.command;

import org.jspecify.annotations.NullMarked;
