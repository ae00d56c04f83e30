/** JSON that others wrote, read within bounds. */
@NullMarked
package io.kidreaper.json;

import org.jspecify.annotations.NullMarked;
