/** How one worker goes without loss, and what came of it. */
@NullMarked
package io.kidreaper.retire;

import org.jspecify.annotations.NullMarked;
