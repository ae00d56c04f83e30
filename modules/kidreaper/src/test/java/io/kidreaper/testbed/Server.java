package io.kidreaper.testbed;

import java.util.Set;

/**
 * A kind of prefork server, with an application that answers the routes of {@link
 * io.kidreaper.testbed.load.Route}.
 *
 * <p>Every one runs in the foreground, and the process that is started is the manager of its
 * workers: no shell or wrapper remains above it.
 */
public interface Server {
  /** A short name that fits in a file name: {@code php-fpm}. */
  String name();

  /** What it speaks with nginx. */
  Protocol protocol();

  /** The kinds of socket it can listen on; the first is the one it is usually tested on. */
  Set<SocketKind> sockets();

  /**
   * The signal that asks ONE worker to go after its request, without {@code SIG}; {@code KILL}
   * where no signal that can be caught makes it go.
   */
  String retireSignal();

  /** Whether the application is loaded before the workers are forked, and so serves /unshare. */
  boolean preloads();

  /** Whether the manager writes a pidfile. */
  default boolean hasPidfile() {
    return true;
  }

  /** Whether a child of the manager is a worker, and not a helper of another kind. */
  default boolean isWorker(ProcessInfo child) {
    return true;
  }

  /** Writes its configuration into the directory and says how to start it. */
  Launch prepare(TempDir dir, Listen listen, int workers);
}
