package io.kidreaper.control;

import io.kidreaper.linux.socket.FileId;
import io.kidreaper.linux.socket.ListenAddress;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Answers at a unix socket. Only its own user and root are let in: the file has mode 0600, and the
 * kernel is asked who each peer is. Nobody who connects can hold the pool up or take more than a
 * bounded share of memory: each has a thread of its own, lines are short, there are at most {@value
 * #MOST_CONNECTIONS} connections, and at most {@value #MOST_FOLLOWERS} of them may stay.
 */
public final class ControlServer implements AutoCloseable {
  static final int MOST_CONNECTIONS = 64;
  static final int MOST_FOLLOWERS = 32;

  private static final long LAST_WORDS_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  /** What came of opening it. */
  public sealed interface Opened {
    record Open(ControlServer server) implements Opened {}

    /**
     * @param reason a sentence that names the socket
     */
    record Refused(String reason) implements Opened {}
  }

  private final ServerSocketChannel listener;
  private final Path path;
  private final Optional<FileId> file;
  private final ServerSettings settings;
  private final ControlHandler handler;
  private final Consumer<String> log;
  private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
  private final Thread accepting;
  private volatile boolean closing;

  private ControlServer(
      ServerSocketChannel listener,
      Path path,
      ServerSettings settings,
      ControlHandler handler,
      Consumer<String> log) {
    this.listener = listener;
    this.path = path;
    this.file = FileId.of(path);
    this.settings = settings;
    this.handler = handler;
    this.log = log;
    this.accepting = Thread.ofVirtual().name("kidreaper-control").unstarted(this::accept);
  }

  /**
   * Listens at a path. A socket that is there already is replaced: whoever opens has to know that
   * its owner is gone, by the pool's lock.
   *
   * @param ourUserId our effective user id
   * @param log takes a sentence on what is in the way
   */
  public static Opened open(
      Path path, int ourUserId, ControlHandler handler, Consumer<String> log) {
    return open(path, ServerSettings.of(ourUserId), handler, log);
  }

  static Opened open(
      Path path, ServerSettings settings, ControlHandler handler, Consumer<String> log) {
    Path fresh = path.resolveSibling(path.getFileName() + ".new");
    int bytes = fresh.toString().getBytes(StandardCharsets.UTF_8).length;
    if (bytes > ListenAddress.MAX_UNIX_BYTES) {
      return new Opened.Refused(
          "the control socket %s cannot be made: its path is %d bytes too long; choose a shorter state folder with --state DIR"
              .formatted(path, bytes - ListenAddress.MAX_UNIX_BYTES));
    }
    ServerSocketChannel listener = null;
    try {
      listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      // It gets its mode before it gets its name.
      Files.deleteIfExists(fresh);
      listener.bind(UnixDomainSocketAddress.of(fresh));
      Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-------"));
      Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE);
      ControlServer server = new ControlServer(listener, path, settings, handler, log);
      server.accepting.start();
      return new Opened.Open(server);
    } catch (IOException e) {
      if (listener != null) {
        Lines.closeQuietly(listener);
      }
      return new Opened.Refused("the control socket " + path + " cannot be made: " + e);
    }
  }

  /**
   * Ends: its file goes and the history ends, since nobody can ask for it any more. Answers under
   * way get a second to go out, and followers the same to see the rest and the end.
   */
  @Override
  public void close() {
    closing = true;
    if (file.isPresent() && FileId.of(path).equals(file)) {
      try {
        Files.deleteIfExists(path);
      } catch (IOException e) {
        log.accept("the control socket " + path + " cannot be removed: " + e);
      }
    }
    Lines.closeQuietly(listener);
    try {
      // From here on nobody new comes.
      accepting.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    handler.events().end();
    connections.forEach(Connection::closeIfIdle);
    long start = System.nanoTime();
    while (!connections.isEmpty() && System.nanoTime() - start < LAST_WORDS_NANOS) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
    connections.forEach(Connection::close);
  }

  private void accept() {
    while (!closing) {
      try {
        welcome(listener.accept());
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException e) {
        // Out of descriptors, say: neither a reason to end nor to spin.
        log.accept("nobody can connect to the control socket " + path + " now: " + e);
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
  }

  private void welcome(SocketChannel channel) {
    Connection connection = new Connection(channel, settings, handler, this);
    if (connections.size() >= settings.mostConnections()) {
      connection.turnAway("there are too many connections already; try again");
      return;
    }
    connections.add(connection);
    Thread.ofVirtual()
        .name("kidreaper-control-connection")
        .start(() -> {
          try {
            connection.run();
          } finally {
            connections.remove(connection);
          }
        });
  }

  /** Whether one more may follow; a slot is counted by the connections themselves. */
  boolean mayFollow() {
    return connections.stream().filter(Connection::follows).count() <= settings.mostFollowers();
  }

  boolean closing() {
    return closing;
  }

  void complain(String sentence) {
    log.accept(sentence);
  }
}
