/** Who is told to go, and who is not. */
@NullMarked
package io.kidreaper.policy;

import org.jspecify.annotations.NullMarked;
