/** {@code kidreaper ctl} as a user runs it. */
@NullMarked
package io.kidreaper.ctl;

import org.jspecify.annotations.NullMarked;
