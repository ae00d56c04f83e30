/** What holds for the whole of kidreaper. */
@NullMarked
package io.kidreaper;

import org.jspecify.annotations.NullMarked;
