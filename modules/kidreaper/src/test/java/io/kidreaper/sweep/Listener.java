package io.kidreaper.sweep;

import io.kidreaper.command.Nobody;
import io.kidreaper.command.Program;
import io.kidreaper.testbed.Command;
import io.kidreaper.testbed.ProcessInfo;
import io.kidreaper.testbed.Session;
import io.kidreaper.testbed.Site;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;

/** A pool of {@code resources/sweep/listener.pl}, whose workers wait in accept. */
final class Listener {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final Session session;
  private final Path dir;

  private Listener(Session session, Path dir) {
    this.session = session;
    this.dir = dir;
  }

  /** Starts one with these {@code KEY=VALUE} words, and waits until all its workers listen. */
  static Listener start(Site site, int workers, String... words) {
    return start(site, dir(site), List.of(), workers, words);
  }

  /** Starts one that belongs to an ordinary user. */
  static Listener startAsNobody(Site site, int workers, String... words) {
    List<String> become = Program.of("perl").asNobody().words();
    return start(
        site, Nobody.owns(dir(site)), become.subList(0, become.size() - 1), workers, words);
  }

  private static Path dir(Site site) {
    return site.dir().directory("listener" + System.nanoTime());
  }

  private static Listener start(
      Site site, Path dir, List<String> wrapper, int workers, String... words) {
    List<Object> command = new ArrayList<>(wrapper);
    command.addAll(List.of("perl", Resources.copy(site.dir(), "listener.pl"), dir));
    command.add("workers=" + workers);
    command.addAll(List.of(words));
    Listener pool = new Listener(site.run("listener", Command.of(command.toArray())), dir);
    Awaitility.await()
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(10))
        .failFast("the manager ended: " + site.logs(), () -> !pool.session.isAlive())
        .until(() -> pool.lines("ready").size() >= workers);
    return pool;
  }

  int managerPid() {
    return session.pid();
  }

  /** Its children, the eldest first. */
  List<ProcessInfo> workers() {
    return ProcessInfo.childrenOf(session.pid());
  }

  /** The eldest worker. */
  int worker() {
    return workers().getFirst().pid();
  }

  /** Who got what, in order. */
  List<String> signals() {
    return Received.in(dir.resolve("signals")).stream().map(Received::what).toList();
  }

  /** A connection that one of the workers holds until it is closed. */
  SocketChannel connect() {
    try {
      SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
      channel.connect(UnixDomainSocketAddress.of(dir.resolve("socket")));
      return channel;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<String> lines(String name) {
    try {
      Path file = dir.resolve(name);
      return Files.exists(file) ? Files.readAllLines(file) : List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
