/**
 * How much memory is left: for the machine, for the cgroups around a process, and whether anybody
 * already waits for some.
 */
@NullMarked
package io.kidreaper.linux.pressure;

import org.jspecify.annotations.NullMarked;
