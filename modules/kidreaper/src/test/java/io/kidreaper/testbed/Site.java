package io.kidreaper.testbed;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.stream.Collectors;

/**
 * One test's own small web site: a directory, servers, and nginx before them. Closing it ends every
 * process that was started in it, whatever became of the test, and deletes the directory.
 *
 * <pre>{@code
 * try (Site site = Site.open("sweep")) {
 *   RunningServer pool = site.start(new ProcManager(), 5);
 *   Nginx nginx = site.nginx(pool);
 *   RunningLoad load = Load.on(nginx.address()).start();
 *   …
 *   assertThat(load.stop().lost()).isZero();
 * }
 * }</pre>
 */
public final class Site implements AutoCloseable {
  private final TempDir dir;
  private final Deque<Session> sessions = new ArrayDeque<>();

  // Maven ends an interrupted run with a signal: then this is what ends the servers.
  private final Thread atExit = new Thread(this::endAll, "testbed-end");

  private Site(TempDir dir) {
    this.dir = dir;
  }

  /**
   * A new site in a directory of its own, whose name starts with the given word.
   *
   * @throws IllegalStateException if the run of the tests is already being ended
   */
  public static Site open(String name) {
    Site site = new Site(TempDir.create(name));
    try {
      Runtime.getRuntime().addShutdownHook(site.atExit);
      return site;
    } catch (IllegalStateException ending) {
      site.endAll();
      throw ending;
    }
  }

  /** The directory. */
  public TempDir dir() {
    return dir;
  }

  /** Starts a server on the kind of socket it is usually tested on. */
  public RunningServer start(Server server, int workers) {
    return start(server, workers, server.traits().usualSocket());
  }

  /**
   * Starts a server, and waits until it listens and has all its workers.
   *
   * @throws IllegalStateException with the server's log, if it does not get there within 60 s
   */
  public RunningServer start(Server server, int workers, SocketKind socket) {
    if (!server.traits().sockets().contains(socket)) {
      throw new IllegalArgumentException(server.name() + " does not listen on " + socket);
    }
    Listen listen = Listen.on(socket, dir, server.name());
    Launch launch = server.prepare(dir, listen, workers);
    RunningServer running =
        new RunningServer(server, run(server.name(), launch.command()), listen, launch, workers);
    running.awaitListening();
    running.awaitFullPool();
    return running;
  }

  /** Puts nginx before a pool, with the usual options. */
  public Nginx nginx(RunningServer pool) {
    return nginx(pool, NginxOptions.usual());
  }

  /** Puts nginx before a pool and waits until it listens. */
  public Nginx nginx(RunningServer pool, NginxOptions options) {
    return Nginx.start(this, pool, options);
  }

  /** Starts any other program, with its log in the directory. */
  public Session run(String name, Command command) {
    synchronized (sessions) {
      Session session =
          Session.start(command, dir.path("."), dir.path(name + "-" + sessions.size() + ".log"));
      sessions.push(session);
      return session;
    }
  }

  /** The end of every log, for the message of a failed test. */
  public String logs() {
    synchronized (sessions) {
      return sessions.stream()
          .map(session -> "--- process " + session.pid() + "\n" + session.log())
          .collect(Collectors.joining("\n"));
    }
  }

  @Override
  public void close() {
    try {
      endAll();
    } finally {
      Runtime.getRuntime().removeShutdownHook(atExit);
    }
  }

  private void endAll() {
    try {
      endSessions();
    } finally {
      dir.close();
    }
  }

  private void endSessions() {
    synchronized (sessions) {
      RuntimeException failure = null;
      while (!sessions.isEmpty()) {
        try {
          sessions.pop().close();
        } catch (RuntimeException e) {
          failure = failure == null ? e : failure;
        }
      }
      if (failure != null) {
        throw failure;
      }
    }
  }
}
