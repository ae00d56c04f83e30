package io.kidreaper.run;

import io.kidreaper.linux.Libc;
import io.kidreaper.linux.LinuxProcesses;
import io.kidreaper.linux.NativeLibc;
import io.kidreaper.linux.ProcFs;
import io.kidreaper.linux.SleepMark;
import io.kidreaper.linux.SystemFacts;
import io.kidreaper.linux.SystemTime;
import io.kidreaper.linux.socket.ListenAddress;
import io.kidreaper.linux.trace.BoundaryDeliverer;
import io.kidreaper.linux.trace.PeekObserver;
import io.kidreaper.manager.ManagedPool;
import io.kidreaper.manager.PoolEvent;
import io.kidreaper.manager.PoolNote;
import io.kidreaper.manager.PoolSettings;
import io.kidreaper.manager.PoolState;
import io.kidreaper.pool.ProcessId;
import io.kidreaper.retire.AtAnyMoment;
import io.kidreaper.retire.BestPermitted;
import io.kidreaper.retire.Moment;
import io.kidreaper.retire.Observer;
import io.kidreaper.retire.Processes;
import io.kidreaper.retire.Time;
import io.kidreaper.retire.WhenSeenIdle;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntUnaryOperator;

/**
 * One managed pool with all that it takes on this machine: sockets, workers, their retirements.
 * Everything public may be called from any thread.
 */
public final class PoolService implements AutoCloseable {
  private final RunSettings settings;
  private final RunLog log;
  private final Sockets sockets;
  private final Optional<OwnPidfile> pidfile;
  private final Libc libc = new NativeLibc();
  private final Observer observer = new PeekObserver();
  private final BoundaryDeliverer tracing = new BoundaryDeliverer();
  private final ReadyWatch readyWatch;
  private final Retirer retirer;
  private final LinuxWorkers workers;
  private final ManagedPool pool;
  private final PoolVoice voice;
  private final CompletableFuture<Optional<String>> firstReady = new CompletableFuture<>();
  private int wanted;

  /** What came of opening a pool. */
  public sealed interface Opened {
    record Open(PoolService service) implements Opened {}

    record Refused(String reason) implements Opened {}
  }

  /**
   * Opens the sockets and writes the pidfile; no worker is started yet. Refused, it leaves nothing
   * behind.
   *
   * @param environment kidreaper's own
   */
  public static Opened open(RunSettings settings, RunLog log, Map<String, String> environment) {
    return switch (Sockets.open(settings.listen(), settings.listenOptions())) {
      case Sockets.Result.Refused(String reason) -> new Opened.Refused(reason);
      case Sockets.Result.Open(Sockets sockets) -> {
        Optional<OwnPidfile> pidfile = Optional.empty();
        if (settings.pidfile().isPresent()) {
          switch (OwnPidfile.write(settings.pidfile().get())) {
            case OwnPidfile.Written.Done(OwnPidfile file) -> pidfile = Optional.of(file);
            case OwnPidfile.Written.Failed(String reason) -> {
              sockets.removeFiles();
              sockets.close();
              yield new Opened.Refused(reason);
            }
          }
        }
        yield new Opened.Open(new PoolService(settings, log, sockets, pidfile, environment));
      }
    };
  }

  private PoolService(
      RunSettings settings,
      RunLog log,
      Sockets sockets,
      Optional<OwnPidfile> pidfile,
      Map<String, String> environment) {
    this.settings = settings;
    this.log = log;
    this.sockets = sockets;
    this.pidfile = pidfile;
    this.wanted = settings.workers();
    Time time = new SystemTime();
    ProcFs proc = new ProcFs(libc, Path.of("/proc"));
    Processes processes = new LinuxProcesses(libc, proc, SystemFacts.read(proc));
    this.readyWatch = new ReadyWatch(observer, new SleepMark(proc), this::say);
    this.retirer =
        new Retirer(
            processes,
            new BestPermitted(tracing, new WhenSeenIdle(observer, time), this::say),
            new AtAnyMoment(observer, time),
            new Retirements(),
            new Retirer.Manner(settings.signal(), settings.patience(), settings.grace()),
            () -> sockets.someoneWaits(libc));
    this.workers =
        new LinuxWorkers(
            settings.name(),
            _ -> settings.command().request(sockets.descriptors(), environment),
            switch (settings.ready()) {
              case BOUNDARY -> readyWatch;
              case IMMEDIATELY -> (_, _, ready) -> ready.run();
            },
            retirer,
            this::post,
            log::say);
    this.voice = new PoolVoice(workers::process);
    this.pool =
        new ManagedPool(
            PoolState.of(
                PoolSettings.DEFAULT, settings.workers(), ThreadLocalRandom.current().nextLong()),
            workers,
            this::hear);
  }

  /** Starts the workers. */
  public void start() {
    sockets.addresses().forEach(address -> say("listening on " + address));
    pool.start(new PoolEvent.Tick());
    if (settings.workers() == 0) {
      firstReady.complete(Optional.empty());
    }
  }

  /**
   * Waits until all workers that were asked for have been ready once. A pool that fails before that
   * is not kept: nothing was promised yet, and the command is likely wrong.
   *
   * @return empty if neither is so within the time; else why they will not be, if they will not
   */
  Optional<Optional<String>> readiness(long timeoutMillis) throws InterruptedException {
    try {
      return Optional.of(firstReady.get(timeoutMillis, TimeUnit.MILLISECONDS));
    } catch (TimeoutException e) {
      return Optional.empty();
    } catch (ExecutionException e) {
      throw new AssertionError("nobody completes it so", e);
    }
  }

  /** Whether the pool's thread is there to act. */
  boolean isAlive() {
    return pool.isAlive();
  }

  /** Whether a child's end is this pool's business. */
  boolean isWatched(int pid) {
    return workers.isWatched(pid);
  }

  /** Where it listens: ports and names resolved to what they became. */
  public List<ListenAddress> addresses() {
    return sockets.addresses();
  }

  /** The pool as it is now. */
  public PoolState state() {
    return pool.state();
  }

  /** Replaces all workers by new ones, at full capacity. */
  public void restart() {
    say("restart: workers are replaced one by one");
    pool.post(new PoolEvent.Restart());
  }

  /** From now on so many workers are wanted. */
  public void scaleTo(int workers) {
    scale(_ -> workers);
  }

  /** More workers, or fewer, but never fewer than one. */
  public void scaleBy(int difference) {
    scale(now -> Math.max(1, now + difference));
  }

  private synchronized void scale(IntUnaryOperator change) {
    // Not from the pool's state, which does not show yet what was asked a moment ago.
    wanted = change.applyAsInt(wanted);
    say("from now on " + wanted + (wanted == 1 ? " worker" : " workers"));
    pool.post(new PoolEvent.ScaleTo(wanted));
  }

  /** Ends the pool, workers finishing what they do; {@link #awaitFinished} tells when. */
  public void stop() {
    if (pool.state().phase() != PoolState.Phase.SERVING) {
      return;
    }
    say("stopping: each worker leaves after the request it is at");
    // Who is connected is still served; who comes now is better told at once.
    sockets.removeFiles();
    retirer.stopping();
    pool.post(new PoolEvent.Stop());
  }

  /** Ends the pool at once, and says what that costs. */
  public void stopNow() {
    sockets.removeFiles();
    retirer.stopping();
    int cut = 0;
    for (ProcessId worker : workers.processes().values()) {
      int connections = Connections.heldBy(observer, worker);
      if (connections > 0) {
        say("worker %d is killed with %d connections open".formatted(worker.pid(), connections));
        cut += connections;
      }
    }
    say("stopping at once: " + PoolVoice.cut(cut));
    pool.post(new PoolEvent.Stop());
    pool.post(new PoolEvent.StopNow());
  }

  /** Waits until the last worker is gone; false if that took longer. */
  public boolean awaitFinished(long timeoutMillis) throws InterruptedException {
    return pool.awaitFinished(timeoutMillis);
  }

  /** Says something in the pool's name. */
  public void say(String text) {
    log.say(settings.name() + " " + text);
  }

  /** Lets everything go. Workers that still run serve on. */
  @Override
  public void close() {
    readyWatch.close();
    retirer.close();
    tracing.close();
    workers.close();
    sockets.close();
    pidfile.ifPresent(OwnPidfile::close);
  }

  private void post(PoolEvent event) {
    pool.post(event);
  }

  /** On the pool's thread. */
  private void hear(PoolNote note) {
    if (note instanceof PoolNote.NeverReady(String why)) {
      // Each of the first workers says the same.
      if (firstReady.complete(Optional.of(why))) {
        say(voice.words(note));
      }
      return;
    }
    say(voice.words(note));
    if (pool.state().ready() >= pool.state().workers()) {
      firstReady.complete(Optional.empty());
    }
  }

  /** What becomes of workers on their way out, in words. */
  private final class Retirements implements Retirer.Listener {
    @Override
    public void signalled(ProcessId worker, String reason, Moment moment) {
      say(PoolVoice.signalled(worker, reason, moment));
    }

    @Override
    public void killed(ProcessId worker, String reason, Moment moment) {
      say(PoolVoice.killed(worker, moment));
    }

    @Override
    public void left(ProcessId worker, String reason, long sinceSignalMillis) {
      say(PoolVoice.left(worker, sinceSignalMillis));
    }

    @Override
    public void stuck(ProcessId worker, int connections) {
      say(
          "worker %d has its signal, holds %d connections and does not leave; it is waited for"
              .formatted(worker.pid(), connections));
    }
  }
}
