/** {@code kidreaper run} as a user starts it: real programs, real load, real signals. */
@NullMarked
package io.kidreaper.managed;

import org.jspecify.annotations.NullMarked;
