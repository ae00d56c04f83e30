package io.kidreaper.run;

import io.kidreaper.control.ControlServer;
import io.kidreaper.control.EventHistory;
import io.kidreaper.linux.CpuClock;
import io.kidreaper.linux.FirstLooks;
import io.kidreaper.linux.GivenMembers;
import io.kidreaper.linux.Libc;
import io.kidreaper.linux.LinuxProcesses;
import io.kidreaper.linux.NativeLibc;
import io.kidreaper.linux.ProcFs;
import io.kidreaper.linux.Sampler;
import io.kidreaper.linux.SamplingPlan;
import io.kidreaper.linux.SleepMark;
import io.kidreaper.linux.SystemFacts;
import io.kidreaper.linux.SystemTime;
import io.kidreaper.linux.pressure.Danger;
import io.kidreaper.linux.pressure.MemoryRoom;
import io.kidreaper.linux.socket.ListenAddress;
import io.kidreaper.linux.trace.BoundaryDeliverer;
import io.kidreaper.linux.trace.PeekObserver;
import io.kidreaper.manager.ManagedPool;
import io.kidreaper.manager.PoolEvent;
import io.kidreaper.manager.PoolNote;
import io.kidreaper.manager.PoolSettings;
import io.kidreaper.manager.PoolState;
import io.kidreaper.policy.PolicySettings;
import io.kidreaper.pool.ProcessId;
import io.kidreaper.retire.AtAnyMoment;
import io.kidreaper.retire.BestPermitted;
import io.kidreaper.retire.Observer;
import io.kidreaper.retire.Time;
import io.kidreaper.retire.WhenSeenIdle;
import io.kidreaper.run.state.Adoption;
import io.kidreaper.watch.Measured;
import io.kidreaper.watch.RequestCounters;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.IntUnaryOperator;

/**
 * One managed pool with all that it takes on this machine: sockets, workers, their measurement and
 * their retirements. Everything public may be called from any thread.
 */
public final class PoolService implements AutoCloseable {
  private final RunSettings settings;
  private final Ground ground;
  private final Libc libc = new NativeLibc();
  private final Observer observer = new PeekObserver();
  private final BoundaryDeliverer tracing = new BoundaryDeliverer();
  private final RequestCounters requests = new RequestCounters();
  private final Casualties casualties = new Casualties();
  private final Standing standing = new Standing();
  private final PoolTelling telling;
  private final ReadyWatch readyWatch;
  private final Retirer retirer;
  private final LinuxWorkers workers;
  private final ManagedPool pool;
  private final OverlapRoom overlap;
  private final PoolWatch watch;
  private final StateKeeper keeper;
  private final CompletableFuture<String> failed = new CompletableFuture<>();
  private int wanted;
  private volatile boolean handedOver;
  private volatile boolean wasReady;

  /** What came of opening a pool. */
  public sealed interface Opened {
    record Open(PoolService service) implements Opened {}

    record Refused(String reason) implements Opened {}
  }

  /**
   * Takes the pool's name, opens its sockets or takes over those of a former kidreaper, and writes
   * the pidfile; no worker is started yet. Refused, it leaves nothing behind.
   *
   * @param environment kidreaper's own
   */
  public static Opened open(RunSettings settings, RunLog log, Map<String, String> environment) {
    Libc libc = new NativeLibc();
    ProcFs proc = procFs(libc);
    return switch (Ground.prepare(settings, libc, proc)) {
      case Ground.Prepared.Refused(String reason) -> new Opened.Refused(reason);
      case Ground.Prepared.Ready(Ground ground, List<String> remarks) -> {
        PoolService service = new PoolService(settings, log, ground, environment);
        remarks.forEach(remark -> service.telling.tell("start", remark));
        yield new Opened.Open(service);
      }
    };
  }

  private PoolService(
      RunSettings settings, RunLog log, Ground ground, Map<String, String> environment) {
    this.settings = settings;
    this.ground = ground;
    this.wanted = settings.workers();
    this.telling = new PoolTelling(settings.name().text(), log, this::process);
    Time time = new SystemTime();
    SystemFacts facts = SystemFacts.read(procFs(libc));
    this.readyWatch = new ReadyWatch(observer, new SleepMark(procFs(libc)), this::say);
    this.retirer =
        new Retirer(
            new LinuxProcesses(libc, procFs(libc), facts),
            new BestPermitted(tracing, new WhenSeenIdle(observer, time), this::say),
            new AtAnyMoment(observer, time),
            telling,
            new Retirer.Manner(settings.signal(), settings.patience(), settings.grace()),
            () -> ground.sockets().someoneWaits(libc));
    FirstMoments firstMoments =
        new FirstMoments(new LinuxProcesses(libc, procFs(libc), facts), requests);
    this.workers =
        new LinuxWorkers(
            settings.name().text(),
            settings
                .command()
                .spawning()
                .starter(
                    _ -> settings.command().request(ground.sockets().descriptors(), environment),
                    this::say),
            switch (settings.ready()) {
              case BOUNDARY -> readyWatch;
              case IMMEDIATELY -> (_, _, ready) -> ready.ready(System.nanoTime());
            },
            retirer,
            this::post,
            log::say,
            firstMoments);
    this.keeper = new StateKeeper(settings, ground, libc, this::say);
    this.pool =
        new ManagedPool(
            PoolState.of(
                PoolSettings.DEFAULT, settings.workers(), ThreadLocalRandom.current().nextLong()),
            workers,
            this::hear,
            this::changed);
    Duties duties =
        new Duties(workers, pool::state, requests, firstMoments, observer, this::limits);
    MemoryRoom room = MemoryRoom.ofSelf();
    // The first look only learns what the kernel has counted so far.
    Danger _ = room.danger();
    this.overlap =
        new OverlapRoom(
            MemoryRoom.ofSelf(), firstMoments::freshBytes, this::isAtRest, this::post, telling);
    this.watch =
        new PoolWatch(
            settings.limits(),
            plan -> sampler(plan, facts, duties),
            workers::processes,
            this::post,
            new HardLimits(
                settings.hardDeadline(),
                this::post,
                workers::kill,
                Connections::heldBy,
                () -> room.danger() instanceof Danger.Imminent,
                telling,
                casualties),
            overlap,
            telling,
            settings.every());
  }

  private static ProcFs procFs(Libc libc) {
    return new ProcFs(libc, Path.of("/proc"));
  }

  private Optional<ProcessId> process(long serial) {
    return workers.process(serial);
  }

  /** On the watching thread, whose CPU time is counted. */
  private Sampler sampler(SamplingPlan plan, SystemFacts facts, Duties duties) {
    ProcFs proc = procFs(libc);
    ProcessId self = StateKeeper.self(proc);
    return new Sampler(
        new GivenMembers(proc, libc, facts, self, duties::members),
        proc,
        facts,
        plan,
        duties::of,
        CpuClock.ofThread(),
        TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
  }

  /** Starts the workers, or goes on with those that are there. */
  public void start() {
    ground.sockets().addresses().forEach(address -> say("listening on " + address));
    List<Long> serials = new ArrayList<>();
    for (Adoption.Worker worker : ground.adopted()) {
      workers.adopt(worker.serial(), worker.id(), worker.pidfd());
      requests.adopted(worker.id());
      serials.add(worker.serial());
    }
    pool.start(serials.isEmpty() ? new PoolEvent.Tick() : new PoolEvent.Adopted(serials));
    if (!serials.isEmpty() && !ground.adoptedCommand().equals(settings.command().words())) {
      say("the command is another one than before");
      restart();
    }
    watch.start();
  }

  /**
   * Waits until all workers that were asked for are ready. A pool that fails before any was is not
   * kept: nothing was promised yet, and the command is likely wrong.
   *
   * @return empty if neither is so within the time
   */
  Optional<Start> awaitStart(long timeoutMillis) throws InterruptedException {
    long untilNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
    while (true) {
      if (failed.isDone()) {
        return Optional.of(new Start.Failed(failed.join()));
      }
      PoolState state = pool.state();
      if (state.ready() >= state.workers()) {
        wasReady = true;
        return Optional.of(new Start.Ready());
      }
      if (System.nanoTime() >= untilNanos) {
        return Optional.empty();
      }
      Thread.sleep(5);
    }
  }

  /** Whether as many workers serve as are wanted, and none comes or goes. */
  private boolean isAtRest() {
    PoolState state = pool.state();
    return state.ready() == state.workers() && state.processes() == state.workers();
  }

  /** How a start went. */
  sealed interface Start {
    record Ready() implements Start {}

    record Failed(String reason) implements Start {}
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
    return ground.sockets().addresses();
  }

  /** The pool as it is now. */
  PoolState state() {
    return pool.state();
  }

  /** By the wall clock. */
  Instant inThisStateSince() {
    return standing.since();
  }

  /** The workers that run, by serial. */
  Map<Long, ProcessId> processes() {
    return workers.processes();
  }

  Measured measured() {
    return watch.measured();
  }

  boolean countsWhole(ProcessId worker) {
    return requests.isWhole(worker);
  }

  SortedMap<String, Long> decided() {
    return watch.decided();
  }

  /** What a worker's memory was when it was first looked at. */
  Optional<FirstLooks.First> firstLook(int pid) {
    return watch.firstLook(pid);
  }

  long requestsCut() {
    return casualties.requests();
  }

  EventHistory history() {
    return telling.history();
  }

  PolicySettings limits() {
    return watch.settings();
  }

  /** From now on these limits hold. */
  void limits(PolicySettings limits) {
    watch.follow(limits);
  }

  RunSettings settings() {
    return settings;
  }

  /** Answers at the pool's control socket from here on, until that is closed. */
  public ControlServer.Opened openControl(ServiceControl control) {
    return ControlServer.open(
        ground.folder().socket(settings.name()), libc.effectiveUserId(), control, this::say);
  }

  /** Replaces all workers by new ones, at full capacity. */
  public void restart() {
    telling.tell("restart", "restart: workers are replaced one by one");
    overlap.beforeRetirement();
    pool.post(new PoolEvent.Restart());
  }

  /** Replaces one worker; false if it is none of this pool's. */
  boolean retire(int pid, String reason) {
    Optional<Long> serial = workers.serial(pid);
    if (serial.isPresent()) {
      overlap.beforeRetirement();
      pool.post(new PoolEvent.Condemn(serial.get(), reason));
    }
    return serial.isPresent();
  }

  /** From now on so many workers are wanted. */
  void scaleTo(int workers) {
    scale(_ -> workers);
  }

  /** More workers, or fewer, but never fewer than one. */
  public void scaleBy(int difference) {
    scale(now -> Math.max(1, now + difference));
  }

  private synchronized void scale(IntUnaryOperator change) {
    // Not from the pool's state, which does not show yet what was asked a moment ago.
    wanted = change.applyAsInt(wanted);
    telling.tell("scale", "from now on " + wanted + (wanted == 1 ? " worker" : " workers"));
    pool.post(new PoolEvent.ScaleTo(wanted));
  }

  /** Ends the pool, workers finishing what they do; {@link #awaitFinished} tells when. */
  void stop() {
    if (pool.state().phase() != PoolState.Phase.SERVING) {
      return;
    }
    telling.tell("stop", "stopping: each worker leaves after the request it is at");
    // Who is connected is still served; who comes now is better told at once.
    ground.sockets().removeFiles();
    retirer.stopping();
    pool.post(new PoolEvent.Stop());
  }

  /** Ends the pool at once, and says what that costs. */
  public void stopNow() {
    ground.sockets().removeFiles();
    retirer.stopping();
    int cut = 0;
    int unseen = 0;
    for (ProcessId worker : workers.processes().values()) {
      OptionalInt held = Connections.heldBy(worker);
      cut += held.orElse(0);
      unseen += held.isEmpty() ? 1 : 0;
    }
    casualties.add(cut);
    telling.tell("stop", "stopping at once: " + PoolVoice.cut(cut, unseen));
    pool.post(new PoolEvent.Stop());
    pool.post(new PoolEvent.StopNow());
  }

  /**
   * Lets the pool go without touching its workers, so that another kidreaper can go on with it:
   * what is held is let go, what is known is written.
   *
   * @return why that could not be done; then the pool stays here
   */
  Optional<String> handOver() throws InterruptedException {
    if (settings.command().onDeath() == WorkerCommand.OnDeath.STOP) {
      return Optional.of("its workers end with this kidreaper (--on-death stop)");
    }
    if (pool.state().phase() != PoolState.Phase.SERVING) {
      return Optional.of("it is stopping");
    }
    if (!keeper.saveNow(pool.state(), workers)) {
      return Optional.of("its state cannot be written, so that nobody would find its workers");
    }
    if (!pool.detach(Duration.ofSeconds(30).toMillis())) {
      return Optional.of("it is at a start that does not come to an end");
    }
    watch.close();
    readyWatch.close();
    retirer.close();
    tracing.close();
    workers.close();
    boolean _ = keeper.saveNow(pool.state(), workers);
    keeper.close(false);
    telling.tell("takeover", "handed over: another kidreaper goes on with the workers");
    handedOver = true;
    return Optional.empty();
  }

  /**
   * Waits until the last worker is gone, or the pool is somebody else's; false if that took longer.
   */
  boolean awaitFinished(long timeoutMillis) throws InterruptedException {
    return handedOver || pool.awaitFinished(timeoutMillis) || handedOver;
  }

  boolean isHandedOver() {
    return handedOver;
  }

  /** The last word, unless the pool lives on elsewhere. */
  public void sayEnd() {
    if (!handedOver) {
      telling.tell("stopped", "stopped");
    }
  }

  /** Says something in the pool's name. */
  public void say(String text) {
    telling.tell("note", text);
  }

  /** Lets everything go. Workers that still run serve on. */
  @Override
  public void close() {
    if (!handedOver) {
      watch.close();
      readyWatch.close();
      retirer.close();
      tracing.close();
      workers.close();
      keeper.close(pool.state().phase() == PoolState.Phase.FINISHED);
    }
    requests.close();
    telling.history().end();
    ground.sockets().close();
    ground.pidfile().ifPresent(OwnPidfile::close);
    ground.lock().close();
  }

  /** On the pool's thread. */
  private void changed(PoolState state) {
    standing.see(state);
    keeper.save(state, workers);
  }

  private void post(PoolEvent event) {
    pool.post(event);
  }

  /** On the pool's thread. */
  private void hear(PoolNote note) {
    if (note instanceof PoolNote.NeverReady(String why) && !failed.complete(why)) {
      return; // each of the first workers says the same
    }
    if (note instanceof PoolNote.StartFailed(long _, String reason, int _, long _)
        && !wasReady
        && ground.adopted().isEmpty()) {
      failed.complete(reason);
    }
    telling.tell(note);
  }
}
