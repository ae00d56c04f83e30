/**
 * An HTTP server for development, straight before a pool of FastCGI workers: {@link
 * io.kidreaper.gateway.Gateway}. It knows the FastCGI library and the JDK's HTTP server, and
 * nothing of pools, processes or the kernel's calls. docs/GATEWAY.md says what it does and does not
 * do.
 *
 * <p>A request goes this way: {@code Gateway} → {@code StaticFiles}, or {@code Spool} (its body) →
 * {@code CgiParams} → {@code Upstreams} (a connection to a worker) → {@code Relay} (the answer
 * back).
 */
@NullMarked
package io.kidreaper.gateway;

import org.jspecify.annotations.NullMarked;
