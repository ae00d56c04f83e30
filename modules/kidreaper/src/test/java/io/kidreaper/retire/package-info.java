/** Retiring against made-up processes, whose time runs as fast as it likes. */
@NullMarked
package io.kidreaper.retire;

import org.jspecify.annotations.NullMarked;
