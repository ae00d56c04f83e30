package io.kidreaper.testbed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;

/** A server that was started by a {@link Site}, which ends it. */
public final class RunningServer {
  private static final Duration START_LIMIT = Duration.ofSeconds(60);

  private final Server server;
  private final Session session;
  private final Listen listen;
  private final Launch launch;
  private final int workers;

  RunningServer(Server server, Session session, Listen listen, Launch launch, int workers) {
    this.server = server;
    this.session = session;
    this.listen = listen;
    this.launch = launch;
    this.workers = workers;
  }

  /** What kind of server it is. */
  public Server server() {
    return server;
  }

  /** The kind's name. */
  public String name() {
    return server.name();
  }

  /** The process whose children are the workers. */
  public int managerPid() {
    return session.pid();
  }

  /** Whether the manager still runs. */
  public boolean isAlive() {
    return session.isAlive();
  }

  /** How many workers it was asked to keep. */
  public int size() {
    return workers;
  }

  /**
   * The workers that are there at this moment, the eldest first; not what they are forked from and
   * its manager holds.
   */
  public List<ProcessInfo> workers() {
    return ProcessInfo.childrenOf(managerPid()).stream()
        .filter(child -> !isTemplate(child))
        .toList();
  }

  /** Whether the thread that traces it says that it is there for templates. */
  private boolean isTemplate(ProcessInfo child) {
    try {
      String status = Files.readString(Path.of("/proc", "" + child.pid(), "status"));
      String tracer = status.replaceAll("(?s).*\nTracerPid:\t([0-9]+)\n.*", "$1");
      Path thread = Path.of("/proc", "" + managerPid(), "task", tracer, "comm");
      return !tracer.equals("0") && Files.readString(thread).startsWith("kidreaper-templ");
    } catch (IOException e) {
      return false; // it has ended, or is traced by somebody else
    }
  }

  /** The pids of the workers that are there at this moment, the eldest first. */
  public List<Integer> workerPids() {
    return workers().stream().map(ProcessInfo::pid).toList();
  }

  /** Where it listens. */
  public Listen listen() {
    return listen;
  }

  /** The file with the manager's pid, for servers that write one. */
  public Optional<Path> pidfile() {
    return launch.pidfile();
  }

  /** The SCRIPT_FILENAME it has to be given, for servers that need one. */
  public Optional<Path> script() {
    return launch.script();
  }

  /** All that it wrote to its log. */
  public String wholeLog() {
    return session.wholeLog();
  }

  /** The end of what it wrote to its log. */
  public String log() {
    return session.log();
  }

  /**
   * Waits, up to 60 s, until it has as many workers as it was asked to keep, and the same ones for
   * a tenth of a second: a pool whose workers die as soon as they start is never full.
   */
  public void awaitFullPool() {
    Settled pool = new Settled();
    await("all " + workers + " workers", () -> pool.holds(workerPids(), workers));
  }

  void awaitListening() {
    await("a socket listening at " + listen.hostAndPort(), listen::isListening);
  }

  private void await(String what, java.util.concurrent.Callable<Boolean> condition) {
    try {
      Awaitility.await()
          .atMost(START_LIMIT)
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(20))
          .failFast("the manager ended", () -> !isAlive())
          .until(condition);
    } catch (RuntimeException e) {
      throw new IllegalStateException(
          "%s has not got %s; it has %s. Its log:%n%s".formatted(name(), what, workerPids(), log()),
          e);
    }
  }

  /** Whether the same workers have been seen for long enough. */
  private static final class Settled {
    private static final long ENOUGH_NANOS = Duration.ofMillis(100).toNanos();

    private List<Integer> seen = List.of();
    private long sinceNanos;

    boolean holds(List<Integer> now, int wanted) {
      if (!now.equals(seen)) {
        seen = now;
        sinceNanos = System.nanoTime();
      }
      return now.size() == wanted && System.nanoTime() - sinceNanos >= ENOUGH_NANOS;
    }
  }

  @Override
  public String toString() {
    return name() + " at " + listen.hostAndPort() + ", manager " + managerPid();
  }
}
