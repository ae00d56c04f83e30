package io.kidreaper.testbed;

/**
 * A kind of prefork server, with an application that answers the routes of {@link
 * io.kidreaper.testbed.load.Route}.
 *
 * <p>Every one runs in the foreground, and the process that is started is the manager of its
 * workers: no shell or wrapper remains above it.
 */
public interface Server {
  /** What is known of it without starting it. */
  Traits traits();

  /** Writes its configuration into the directory and says how to start it. */
  Launch prepare(TempDir dir, Listen listen, int workers);

  /** A short name that fits in a file name: {@code php-fpm}. */
  default String name() {
    return traits().name();
  }
}
