/** Who the workers are: identity, membership, snapshots. Pure: it asks no kernel and no clock. */
@NullMarked
package io.kidreaper.pool;

import org.jspecify.annotations.NullMarked;
