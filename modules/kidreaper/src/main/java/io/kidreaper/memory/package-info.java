/** What a worker costs: samples, measures, byte sizes. Pure: it asks no kernel and no clock. */
@NullMarked
package io.kidreaper.memory;

import org.jspecify.annotations.NullMarked;
