package io.kidreaper.run;

import io.kidreaper.linux.NativeLibc;
import io.kidreaper.linux.ProcFs;
import io.kidreaper.linux.ProcRead;
import io.kidreaper.linux.StatFile;
import io.kidreaper.linux.process.ChildWatch;
import io.kidreaper.linux.process.Ended;
import io.kidreaper.linux.process.OutputLine;
import io.kidreaper.linux.process.SpawnRequest;
import io.kidreaper.linux.process.Spawned;
import io.kidreaper.linux.process.Spawner;
import io.kidreaper.manager.PoolEvent;
import io.kidreaper.manager.WorkerHost;
import io.kidreaper.pool.ProcessId;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/** The workers of one pool as processes of this machine. Safe from any thread. */
public final class LinuxWorkers implements WorkerHost, AutoCloseable {
  /** Sees when a new worker is ready. */
  public interface Readiness {
    /** Does not wait for it: calls {@code ready} once, from any thread, unless the worker ends. */
    void await(long serial, ProcessId process, Runnable ready);
  }

  /** Lets one worker go. */
  public interface Retirement {
    /**
     * Begins and does not wait: the worker's end is seen anyway.
     *
     * @param gaveUp takes the reason if the worker was let be
     */
    void begin(long serial, ProcessId process, String reason, Consumer<String> gaveUp);
  }

  private static final int SIGKILL = 9;

  private final String pool;
  private final IntFunction<SpawnRequest> requestOfGeneration;
  private final Readiness readiness;
  private final Retirement retirement;
  private final Consumer<PoolEvent> events;
  private final Consumer<String> log;
  private final ProcFs proc = new ProcFs(new NativeLibc(), Path.of("/proc"));
  private final Map<Long, ProcessId> processes = new ConcurrentHashMap<>();
  private final Map<Integer, Long> serials = new ConcurrentHashMap<>();
  private final ChildWatch watch;

  /**
   * @param pool its name, which marks its workers' lines
   * @param events usually the pool's post
   * @param log takes workers' lines on a thread that must not be kept: a LogQueue's offer
   */
  public LinuxWorkers(
      String pool,
      IntFunction<SpawnRequest> requestOfGeneration,
      Readiness readiness,
      Retirement retirement,
      Consumer<PoolEvent> events,
      Consumer<String> log) {
    this.pool = pool;
    this.requestOfGeneration = requestOfGeneration;
    this.readiness = readiness;
    this.retirement = retirement;
    this.events = events;
    this.log = log;
    this.watch =
        new ChildWatch(
            new ChildWatch.Listener() {
              @Override
              public void line(OutputLine line) {
                LinuxWorkers.this.line(line);
              }

              @Override
              public void ended(Ended ended) {
                LinuxWorkers.this.ended(ended);
              }
            });
  }

  /** The worker's process while it runs. */
  public Optional<ProcessId> process(long serial) {
    return Optional.ofNullable(processes.get(serial));
  }

  /** The processes that run now, by their serials. */
  public Map<Long, ProcessId> processes() {
    return Map.copyOf(processes);
  }

  /** Which worker a process is while it runs. */
  public Optional<Long> serial(int pid) {
    return Optional.ofNullable(serials.get(pid));
  }

  /** Whether a child's end is seen here, so that nobody else may collect it. */
  boolean isWatched(int pid) {
    return watch.isWatched(pid);
  }

  /** A signal to a running worker, and never to a successor of its pid. */
  public int signal(int pid, int signal) {
    return watch.signal(pid, signal);
  }

  @Override
  public Started start(long serial, int generation) {
    return switch (Spawner.spawn(requestOfGeneration.apply(generation))) {
      case Spawned.WrongCommand(String reason) -> new Started.Failed(reason);
      case Spawned.OutOfResources(String reason) -> new Started.Failed(reason);
      case Spawned.Child child -> {
        // Ours until it is reaped, and nobody watches it yet, so what is read here is of this
        // child.
        ProcessId process = identity(child.pid());
        // Known before it is watched, since its end may be told at once.
        know(serial, process);
        if (!watch.watch(child)) {
          forget(child.pid());
          yield new Started.Failed("no descriptor left to watch the worker with");
        }
        readiness.await(serial, process, () -> becameReady(serial));
        yield new Started.Up();
      }
    };
  }

  /**
   * Takes over a worker that a former kidreaper started, and what it has said since.
   *
   * @param serial as told to the pool by Adopted
   * @param pidfd of the worker, opened before its identity was checked; ours to close from here on
   */
  public void adopt(long serial, ProcessId process, int pidfd) {
    int pid = process.pid();
    know(serial, process);
    // Negative where the right to trace it is missing: then it is watched and not heard.
    watch.adopt(pid, pidfd, Spawner.outputOf(pid, 1), Spawner.outputOf(pid, 2));
  }

  @Override
  public void retire(long serial, String reason) {
    process(serial)
        .ifPresent(process ->
            retirement.begin(
                serial,
                process,
                reason,
                why -> events.accept(new PoolEvent.RetirementFailed(serial, why))));
  }

  @Override
  public void kill(long serial) {
    process(serial).ifPresent(process -> watch.signal(process.pid(), SIGKILL));
  }

  /** Stops watching; workers that still run go on. */
  @Override
  public void close() {
    watch.close();
  }

  private void becameReady(long serial) {
    events.accept(new PoolEvent.BecameReady(serial, OptionalLong.empty()));
  }

  private void line(OutputLine line) {
    String mark = line.stream() == OutputLine.Stream.ERR ? "err" : "out";
    log.accept(
        "%s[%d] %s: %s%s"
            .formatted(pool, line.pid(), mark, line.text(), line.continues() ? " …" : ""));
  }

  private void ended(Ended ended) {
    forget(ended.pid())
        .ifPresent(serial ->
            events.accept(new PoolEvent.Ended(serial, ended.status().isClean(), describe(ended))));
  }

  private Optional<Long> forget(int pid) {
    Optional<Long> serial = Optional.ofNullable(serials.remove(pid));
    serial.ifPresent(processes::remove);
    return serial;
  }

  private void know(long serial, ProcessId process) {
    processes.put(serial, process);
    serials.put(process.pid(), serial);
  }

  /** A child that was not reaped has a stat file, dead or alive. */
  private ProcessId identity(int pid) {
    if (proc.stat(pid) instanceof ProcRead.Found<StatFile>(StatFile stat)) {
      return new ProcessId(pid, stat.startTicks());
    }
    throw new IllegalStateException("no /proc/" + pid + "/stat of a child of ours");
  }

  private static String describe(Ended ended) {
    List<String> lines = ended.lastErrorLines();
    String how = "(process " + ended.pid() + ") " + ended.status().describe();
    return lines.isEmpty() || ended.status().isClean()
        ? how
        : how
            + "; its last words: "
            + String.join(" | ", lines.subList(Math.max(0, lines.size() - 5), lines.size()));
  }
}
