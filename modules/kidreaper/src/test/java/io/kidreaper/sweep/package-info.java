/**
 * Sweeps as a user starts them: the packaged {@code ./kidreaper} on real pools, judged by its exit
 * status, by what it prints, and by what became of the processes.
 */
@NullMarked
package io.kidreaper.sweep;

import org.jspecify.annotations.NullMarked;
