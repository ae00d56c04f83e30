/**
 * Holding a worker between two requests: ptrace, the sockets a process holds, and the tracer that
 * brings both together.
 *
 * <p>{@link io.kidreaper.linux.trace.Tracer} is the way in. What is here knows signals and system
 * calls but not servers: which signal retires which server, and what is done when a worker stays
 * busy, is decided by its callers.
 */
@NullMarked
package io.kidreaper.linux.trace;

import org.jspecify.annotations.NullMarked;
