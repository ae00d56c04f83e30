/**
 * Why a worker costs what it costs: from readings to causes, shapes, forecasts and advice. Pure: it
 * asks no kernel and no clock.
 */
@NullMarked
package io.kidreaper.explain;

import org.jspecify.annotations.NullMarked;
