/**
 * Keeping N workers behind a socket: who is to start, who may go, and when. The state machine is
 * pure; {@link io.kidreaper.manager.ManagedPool} carries its commands out through {@link
 * io.kidreaper.manager.WorkerHost}.
 */
@NullMarked
package io.kidreaper.manager;

import org.jspecify.annotations.NullMarked;
