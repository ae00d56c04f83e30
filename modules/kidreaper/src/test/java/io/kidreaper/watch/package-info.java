@NullMarked
package io.kidreaper.watch;

import org.jspecify.annotations.NullMarked;
