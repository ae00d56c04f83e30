/**
 * Asking a running kidreaper, over a unix socket: what may be asked ({@link
 * io.kidreaper.control.ControlCommand}), who answers ({@link io.kidreaper.control.ControlHandler}),
 * and both ends of the line. docs/CONTROL.md has the lines themselves.
 */
@NullMarked
package io.kidreaper.control;

import org.jspecify.annotations.NullMarked;
