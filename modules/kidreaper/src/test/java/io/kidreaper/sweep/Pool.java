package io.kidreaper.sweep;

import io.kidreaper.command.Nobody;
import io.kidreaper.command.Program;
import io.kidreaper.testbed.Command;
import io.kidreaper.testbed.MemoryCgroup;
import io.kidreaper.testbed.ProcessInfo;
import io.kidreaper.testbed.Session;
import io.kidreaper.testbed.Site;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;

/**
 * A pool of {@code resources/sweep/pool.pl}, whose workers and manager misbehave as they are told.
 * Its {@link Site} ends it.
 */
public final class Pool {
  private final Session session;
  private final Path dir;

  private Pool(Session session, Path dir) {
    this.session = session;
    this.dir = dir;
  }

  /** Starts one with these {@code KEY=VALUE} words, and waits until all its workers are ready. */
  public static Pool start(Site site, int workers, String... words) {
    return start(site, site.dir().directory("pool" + System.nanoTime()), List.of(), workers, words);
  }

  /** Starts one that belongs to an ordinary user. */
  public static Pool startAsNobody(Site site, int workers, String... words) {
    Path dir = Nobody.owns(site.dir().directory("pool" + System.nanoTime()));
    List<String> asNobody = Program.of("true").asNobody().words();
    return start(site, dir, asNobody.subList(0, asNobody.size() - 1), workers, words);
  }

  /** Starts one whose processes all belong to a cgroup. */
  public static Pool startIn(MemoryCgroup cgroup, Site site, int workers, String... words) {
    Path dir = site.dir().directory("pool" + System.nanoTime());
    return start(site, dir, cgroup.joining(), workers, words);
  }

  private static Pool start(
      Site site, Path dir, List<String> wrapper, int workers, String... words) {
    List<Object> command = new ArrayList<>(wrapper);
    command.addAll(List.of("perl", Resources.copy(site.dir(), "pool.pl"), dir));
    command.add("workers=" + workers);
    command.addAll(List.of(words));
    Pool pool = new Pool(site.run("pool", Command.of(command.toArray())), dir);
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(10))
        .failFast("the manager ended: " + site.logs(), () -> !pool.session.isAlive())
        .until(() -> pool.ready().size() >= workers);
    return pool;
  }

  public int managerPid() {
    return session.pid();
  }

  public ProcessInfo manager() {
    return ProcessInfo.of(session.pid()).orElseThrow();
  }

  public Path pidfile() {
    return dir.resolve("pool.pid");
  }

  /** A path in the pool's own directory. */
  public Path path(String name) {
    return dir.resolve(name);
  }

  /** A worker of the first generation, which has to be there. */
  public ProcessInfo worker(int index) {
    return ProcessInfo.of(pid(index)).orElseThrow();
  }

  /** The pid of a worker of the first generation. */
  public int pid(int index) {
    return ready().stream()
        .filter(line -> line.endsWith(" " + index))
        .map(line -> Integer.parseInt(line.substring(0, line.indexOf(' '))))
        .findFirst()
        .orElseThrow();
  }

  /** Its children, the eldest first. */
  public List<ProcessInfo> workers() {
    return ProcessInfo.childrenOf(session.pid());
  }

  /** Who got what, in order. */
  public List<String> signals() {
    return received().stream().map(Received::what).toList();
  }

  /** Who got what and when, in order. */
  List<Received> received() {
    return Received.in(dir.resolve("signals"));
  }

  /** How many workers have been ready until now, those that have left among them. */
  public int readyCount() {
    return ready().size();
  }

  /** How many children its workers have had, where {@code kids=1}. */
  public int kidCount() {
    return lines("kids").size();
  }

  private List<String> ready() {
    return lines("ready");
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
