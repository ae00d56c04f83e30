/**
 * Retiring on every real server, idle and saturated, with every answer checked: a short form for
 * the tests and a long one for the benchmark.
 */
@NullMarked
package io.kidreaper.matrix;

import org.jspecify.annotations.NullMarked;
