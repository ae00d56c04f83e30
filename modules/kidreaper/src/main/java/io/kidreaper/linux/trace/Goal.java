package io.kidreaper.linux.trace;

/** Where a worker is to be held. */
enum Goal {
  /** Between two requests: it waits for its listener, and holds no connection. */
  BOUNDARY,
  /** Anywhere, as long as it holds no connection: for a worker that comes to no boundary. */
  NO_CONNECTION
}
