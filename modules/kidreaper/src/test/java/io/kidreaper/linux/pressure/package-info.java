/** Tests of how much memory is left. */
@NullMarked
package io.kidreaper.linux.pressure;

import org.jspecify.annotations.NullMarked;
