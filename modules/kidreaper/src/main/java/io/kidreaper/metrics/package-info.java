/**
 * Figures in the text formats that Prometheus reads, and a small server for them. It knows figures
 * and their names, and nothing of what they are of.
 */
@NullMarked
package io.kidreaper.metrics;

import org.jspecify.annotations.NullMarked;
