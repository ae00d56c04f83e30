package io.kidreaper.fastcgi;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * What all connections of a server have in common: who handles what, and how long and how much.
 *
 * @param readMillis how long a web server may take to bring the next piece of a request
 * @param writeMillis how long a web server may take nothing of a response
 * @param idleMillis how long a kept-alive connection may bring no request; 0 = as long as it likes
 * @param bufferBytes the most of one stream that is held for a handler
 */
record Responder(
    Map<Role, FastCgiHandler> handlers,
    ResponderLimits limits,
    long readMillis,
    long writeMillis,
    long idleMillis,
    int bufferBytes,
    boolean abortOnHangup,
    ErrorListener errors) {
  /** How long a closed response's web server may still send what is not wanted any more. */
  static final long LINGER_MILLIS = 2_000;

  Responder {
    handlers = Map.copyOf(new EnumMap<>(handlers));
  }

  Set<Role> roles() {
    return handlers.keySet();
  }

  FastCgiHandler handler(Role role) {
    return Objects.requireNonNull(handlers.get(role), "the protocol refuses roles without handler");
  }
}
