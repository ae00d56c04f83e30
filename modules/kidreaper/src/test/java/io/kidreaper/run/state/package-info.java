@NullMarked
package io.kidreaper.run.state;

import org.jspecify.annotations.NullMarked;
