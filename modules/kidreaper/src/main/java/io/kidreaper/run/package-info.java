/** What {@code kidreaper run} is made of: pools wired to the kernel. */
@NullMarked
package io.kidreaper.run;

import org.jspecify.annotations.NullMarked;
