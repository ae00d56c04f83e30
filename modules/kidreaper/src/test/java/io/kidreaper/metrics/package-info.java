@NullMarked
package io.kidreaper.metrics;

import org.jspecify.annotations.NullMarked;
