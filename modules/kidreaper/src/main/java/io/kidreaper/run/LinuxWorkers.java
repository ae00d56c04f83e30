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
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/** The workers of one pool as processes of this machine. Safe from any thread. */
public final class LinuxWorkers implements WorkerHost, AutoCloseable {
  /** Sees when a new worker is ready. */
  public interface Readiness {
    /** Does not wait for it: calls {@code ready} once, from any thread, unless the worker ends. */
    void await(long serial, ProcessId process, Seen ready);

    /** Hears that a worker is ready. */
    @FunctionalInterface
    interface Seen {
      /**
       * @param notYetNanos by {@link System#nanoTime}, when it was certainly not ready yet, as late
       *     as is known
       */
      void ready(long notYetNanos);
    }
  }

  /** Looks at each new worker at its first moments. */
  public interface Witness {
    Witness NONE =
        new Witness() {
          @Override
          public void born(ProcessId worker) {}

          @Override
          public void ready(ProcessId worker, long notYetNanos) {}
        };

    /** It has just been started and has done nothing yet. */
    void born(ProcessId worker);

    /**
     * It was seen ready, or is known to be.
     *
     * @param notYetNanos by {@link System#nanoTime}, when it had certainly not served yet
     */
    void ready(ProcessId worker, long notYetNanos);
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
  private final WorkerStarter starter;
  private final Nursery nursery = new Nursery();
  private final Readiness readiness;
  private final Retirement retirement;
  private final Consumer<PoolEvent> events;
  private final Consumer<String> log;
  private final Witness witness;
  private final Map<Long, ProcessId> processes = new ConcurrentHashMap<>();
  private final Map<Integer, Long> serials = new ConcurrentHashMap<>();
  private final Map<Integer, Consumer<Ended>> helpers = new ConcurrentHashMap<>();
  private final ChildWatch watch;

  /** Workers that are each a program of its own. */
  public LinuxWorkers(
      String pool,
      IntFunction<SpawnRequest> requestOfGeneration,
      Readiness readiness,
      Retirement retirement,
      Consumer<PoolEvent> events,
      Consumer<String> log) {
    this(
        pool,
        new ExecStarter(requestOfGeneration),
        readiness,
        retirement,
        events,
        log,
        Witness.NONE);
  }

  /**
   * @param pool its name, which marks its workers' lines
   * @param starter closed with this
   * @param events usually the pool's post
   * @param log takes workers' lines on a thread that must not be kept: a LogQueue's offer
   * @param witness hears of each new worker at once
   */
  public LinuxWorkers(
      String pool,
      WorkerStarter starter,
      Readiness readiness,
      Retirement retirement,
      Consumer<PoolEvent> events,
      Consumer<String> log,
      Witness witness) {
    this.pool = pool;
    this.starter = starter;
    this.readiness = readiness;
    this.retirement = retirement;
    this.events = events;
    this.log = log;
    this.witness = witness;
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
    return starter.start(serial, generation, nursery);
  }

  /** Processes that serve nobody and cost memory: the templates that workers are forked from. */
  public List<ProcessId> helpers() {
    return starter.helpers();
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
    if (neverStarts(serial)) {
      return;
    }
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
    if (neverStarts(serial)) {
      return;
    }
    process(serial).ifPresent(process -> watch.signal(process.pid(), SIGKILL));
  }

  /** Stops watching; workers that still run go on. */
  @Override
  public void close() {
    starter.close();
    watch.close();
  }

  /** A worker that is still to be started has no process to signal, and no end to be seen. */
  private boolean neverStarts(long serial) {
    boolean cancelled = starter.cancel(serial);
    if (cancelled) {
      nursery.failed(serial, "it is no longer wanted");
    }
    return cancelled;
  }

  private final class Nursery implements WorkerStarter.Nursery {
    @Override
    public void born(long serial, Spawned.Child child, boolean ready) {
      // Ours until it is reaped, and nobody watches it yet, so what is read here is of this child.
      ProcessId process = identity(child.pid());
      witness.born(process);
      // Known before it is watched, since its end may be told at once.
      know(serial, process);
      if (!watch.watch(child)) {
        forget(child.pid());
        failed(serial, "no descriptor left to watch the worker with");
      } else if (ready) {
        becameReady(serial, System.nanoTime());
      } else {
        readiness.await(serial, process, notYetNanos -> becameReady(serial, notYetNanos));
      }
    }

    @Override
    public void failed(long serial, String reason) {
      events.accept(new PoolEvent.StartFailed(serial, reason));
    }

    @Override
    public Optional<ProcessId> watch(Spawned.Child helper, Consumer<Ended> ended) {
      ProcessId process = identity(helper.pid());
      helpers.put(helper.pid(), ended);
      if (watch.watch(helper)) {
        return Optional.of(process);
      }
      helpers.remove(helper.pid());
      return Optional.empty();
    }

    @Override
    public int signal(int pid, int signal) {
      return watch.signal(pid, signal);
    }
  }

  private void becameReady(long serial, long notYetNanos) {
    process(serial).ifPresent(process -> witness.ready(process, notYetNanos));
    events.accept(new PoolEvent.BecameReady(serial));
  }

  private void line(OutputLine line) {
    String mark = line.stream() == OutputLine.Stream.ERR ? "err" : "out";
    log.accept(
        "%s[%d] %s: %s%s"
            .formatted(pool, line.pid(), mark, line.text(), line.continues() ? " …" : ""));
  }

  private void ended(Ended ended) {
    Consumer<Ended> helper = helpers.remove(ended.pid());
    if (helper != null) {
      helper.accept(ended);
      return;
    }
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
  private static ProcessId identity(int pid) {
    // One of its own, since workers come into being on several threads.
    ProcFs proc = new ProcFs(new NativeLibc(), Path.of("/proc"));
    if (proc.stat(pid) instanceof ProcRead.Found<StatFile>(StatFile stat)) {
      return new ProcessId(pid, stat.startTicks());
    }
    throw new IllegalStateException("no /proc/" + pid + "/stat of a child of ours");
  }

  static String describe(Ended ended) {
    List<String> lines = ended.lastErrorLines();
    String how = "(process " + ended.pid() + ") " + ended.status().describe();
    return lines.isEmpty() || ended.status().isClean()
        ? how
        : how
            + "; its last words: "
            + String.join(" | ", lines.subList(Math.max(0, lines.size() - 5), lines.size()));
  }
}
