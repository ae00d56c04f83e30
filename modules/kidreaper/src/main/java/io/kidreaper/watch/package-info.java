/**
 * The loop that every pool is kept by, and the pools that somebody else manages: they are found,
 * measured, judged, and their workers retired, many in one process.
 */
@NullMarked
package io.kidreaper.watch;

import org.jspecify.annotations.NullMarked;
