/**
 * Real servers for the integration tests: started from their Debian packages, put behind nginx, and
 * ended with everything they forked.
 *
 * <p>{@link io.kidreaper.testbed.Site} is the way in: one for each test, closed by it. The servers
 * are in {@link io.kidreaper.testbed.server}, the requests that check every byte in {@link
 * io.kidreaper.testbed.load}. Nothing here uses kidreaper's own code, so that a fault of it cannot
 * hide itself.
 */
@NullMarked
package io.kidreaper.testbed;

import org.jspecify.annotations.NullMarked;
