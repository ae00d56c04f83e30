/** The command line: words in, wiring, words out. */
@NullMarked
package io.kidreaper.cli;

import org.jspecify.annotations.NullMarked;
