/**
 * What outlives a kidreaper: the folder with each pool's state, lock and control socket, and how
 * the next kidreaper goes on with the workers of the last.
 */
@NullMarked
package io.kidreaper.run.state;

import org.jspecify.annotations.NullMarked;
