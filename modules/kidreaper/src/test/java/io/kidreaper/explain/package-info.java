@NullMarked
package io.kidreaper.explain;

import org.jspecify.annotations.NullMarked;
