/**
 * Sockets that a pool listens on and the small datagrams of its supervisor: addresses, opening,
 * inheriting, taking back. Native calls by the FFM API only.
 */
@NullMarked
package io.kidreaper.linux.socket;

import org.jspecify.annotations.NullMarked;
