/** What the sizes, limits and samples promise. */
@NullMarked
package io.kidreaper.memory;

import org.jspecify.annotations.NullMarked;
