package io.kidreaper.retire;

import io.kidreaper.memory.Limit;
import io.kidreaper.memory.Measure;
import io.kidreaper.memory.Reading;
import io.kidreaper.pool.Member;
import io.kidreaper.pool.PoolReader;
import io.kidreaper.pool.PoolReading;
import io.kidreaper.pool.ProcessId;
import io.kidreaper.pool.Snapshot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongPredicate;

/**
 * A made-up manager with its workers. Its time passes only when somebody waits. Something can be
 * made to happen at the n-th time that a sweep asks it anything.
 */
final class FakePool {
  static final ProcessId MANAGER = new ProcessId(10, 1);
  static final String LOST = "the manager has ended";

  private final List<FakeWorker> processes = new ArrayList<>();
  private final Set<ProcessRef> open = new HashSet<>();
  private final Map<ProcessId, String> others = new HashMap<>();
  private long nanos = 7_000_000_000L;
  private final long startNanos = nanos;
  private int questions;
  private int cancelAt;
  private int loseManagerAt;
  private long cancelAtMillis = FakeWorker.NEVER;
  private long loseManagerAtMillis = FakeWorker.NEVER;
  private long readMillis;
  private int nextPid = 1000;
  private Optional<PoolReading> answer = Optional.empty();
  private boolean cancelled;
  private boolean managerLost;

  final List<Delivered> signals = new ArrayList<>();
  final List<String> progress = new ArrayList<>();

  /** A signal as it was delivered, with what was true at that moment. */
  record Delivered(
      ProcessId to,
      Signal signal,
      long atMillis,
      boolean cancelled,
      boolean managerLost,
      boolean busy,
      int parentPid,
      int drainingOthers) {}

  FakeWorker worker(int pid, long privateBytes) {
    FakeWorker worker = new FakeWorker(new ProcessId(pid, 100 + pid), MANAGER.pid(), privateBytes);
    processes.add(worker);
    return worker;
  }

  /** Asks for an end of the sweep at its n-th question, from 1. */
  FakePool cancelAt(int question) {
    cancelAt = question;
    return this;
  }

  FakePool loseManagerAt(int question) {
    loseManagerAt = question;
    return this;
  }

  FakePool cancelAtMillis(long millis) {
    cancelAtMillis = millis;
    return this;
  }

  FakePool loseManagerAtMillis(long millis) {
    loseManagerAtMillis = millis;
    return this;
  }

  /** Every close look at a worker takes that long. */
  FakePool readsTake(long millis) {
    readMillis = millis;
    return this;
  }

  FakePool answers(PoolReading reading) {
    answer = Optional.of(reading);
    return this;
  }

  /** A child of the manager that is no worker. */
  FakePool other(ProcessId id, String reason) {
    others.put(id, reason);
    return this;
  }

  /** Its workers as they are seen from outside. */
  Observer observer() {
    return new Eyes();
  }

  Time clock() {
    return new Clock();
  }

  /** A hold on one of its workers. */
  ProcessRef ref(FakeWorker worker) {
    return new Handle(worker);
  }

  int questions() {
    return questions;
  }

  long millis() {
    return (nanos - startNanos) / 1_000_000;
  }

  boolean cancelled() {
    return cancelled;
  }

  boolean managerLost() {
    return managerLost;
  }

  Sweep.Result run(SweepPlan plan) {
    Clock clock = new Clock();
    Eyes eyes = new Eyes();
    Deliverer deliverer =
        plan.manner().anyMoment() ? new AtAnyMoment(eyes, clock) : new WhenSeenIdle(eyes, clock);
    Sweep.Result result =
        new Sweep(
                plan,
                new Reader(),
                _ -> others,
                new Table(),
                deliverer,
                eyes,
                new Watch(),
                clock,
                new Said(),
                () -> cancelled)
            .run();
    if (!open.isEmpty()) {
      throw new AssertionError(open.size() + " processes were left open");
    }
    return result;
  }

  SweepReport sweep(SweepPlan plan) {
    return switch (run(plan)) {
      case Sweep.Result.Swept(SweepReport report) -> report;
      case Sweep.Result.NoPool(String reason) -> throw new AssertionError(reason);
    };
  }

  static SweepPlan plan(long limitBytes) {
    return plan(limitBytes, Duration.ZERO, Duration.ofSeconds(60));
  }

  static SweepPlan plan(long limitBytes, Duration pause, Duration grace) {
    return plan(limitBytes, pause, grace, Escalation.NONE, false);
  }

  /** Patience is 2 s. */
  static SweepPlan plan(
      long limitBytes, Duration pause, Duration grace, Escalation escalation, boolean anyMoment) {
    return new SweepPlan(
        new Limit(Measure.PRIVATE, limitBytes),
        new Manner(Signal.HUP, Duration.ofSeconds(2), grace, escalation, anyMoment),
        pause,
        false);
  }

  static SweepPlan dryRun(long limitBytes) {
    SweepPlan plan = plan(limitBytes);
    return new SweepPlan(plan.limit(), plan.manner(), plan.pause(), true);
  }

  private void asked() {
    questions++;
    if (questions == cancelAt || millis() >= cancelAtMillis) {
      cancelled = true;
    }
    if (questions == loseManagerAt || millis() >= loseManagerAtMillis) {
      managerLost = true;
    }
  }

  private void pass(long millis) {
    nanos += millis * 1_000_000;
  }

  private boolean alive(FakeWorker worker) {
    return millis() >= worker.bornAtMillis && millis() < worker.endsAtMillis;
  }

  private boolean busy(FakeWorker worker) {
    return worker.doing(millis()) instanceof Activity.Serving;
  }

  private static long plus(long millis, long more) {
    return more == FakeWorker.NEVER ? FakeWorker.NEVER : millis + more;
  }

  private void signalled(FakeWorker worker, Signal signal) {
    int draining =
        (int)
            signals.stream()
                .map(Delivered::to)
                .distinct()
                .filter(id -> !id.equals(worker.id()))
                .filter(id -> processes.stream().anyMatch(p -> p.id().equals(id) && alive(p)))
                .count();
    signals.add(
        new Delivered(
            worker.id(),
            signal,
            millis(),
            cancelled,
            managerLost,
            busy(worker),
            worker.parentPid,
            draining));
    long leavesAfter = signal == Signal.KILL && !worker.ignoresKill ? 0 : worker.leavesAfterMillis;
    worker.endsAtMillis = Math.min(worker.endsAtMillis, plus(millis(), leavesAfter));
    long bornAt =
        worker.endsAtMillis == FakeWorker.NEVER
            ? FakeWorker.NEVER
            : plus(worker.endsAtMillis, worker.replacedAfterMillis);
    if (bornAt == FakeWorker.NEVER) {
      return;
    }
    if (worker.successor.isEmpty()) {
      worker.successor =
          Optional.of(new FakeWorker(new ProcessId(nextPid, 5000 + nextPid), MANAGER.pid(), 5));
      nextPid++;
      processes.add(worker.successor.get());
    }
    worker.successor.get().bornAtMillis = bornAt;
  }

  private final class Reader implements PoolReader {
    @Override
    public PoolReading read(LongPredicate needsDetail) {
      asked();
      if (answer.isPresent()) {
        return answer.get();
      }
      if (managerLost) {
        return new PoolReading.ManagerGone(LOST);
      }
      List<Member> members = new ArrayList<>();
      for (FakeWorker process : processes) {
        boolean vanishing = process.listed() instanceof Reading.Vanished && questions == 1;
        if (vanishing || alive(process)) {
          members.add(new Member(process.id(), process.listed()));
        }
      }
      return new PoolReading.Read(new Snapshot(MANAGER, members));
    }

    @Override
    public void close() {}
  }

  private final class Table implements Processes {
    @Override
    public Opened open(ProcessId id) {
      asked();
      FakeWorker worker =
          processes.stream().filter(p -> p.id().equals(id)).findFirst().orElseThrow();
      if (worker.openRefused.isPresent()) {
        return new Opened.Refused(worker.openRefused.get());
      }
      if (worker.pidReused || !alive(worker)) {
        return new Opened.Gone(worker.pidReused);
      }
      ProcessRef handle = new Handle(worker);
      open.add(handle);
      return new Opened.Here(handle);
    }
  }

  private final class Handle implements ProcessRef {
    private final FakeWorker worker;

    Handle(FakeWorker worker) {
      this.worker = worker;
    }

    @Override
    public ProcessId id() {
      return worker.id();
    }

    @Override
    public int parentPid() {
      asked();
      if (!alive(worker)) {
        return 0;
      }
      return managerLost ? 1 : worker.parentPid;
    }

    @Override
    public Reading memory() {
      asked();
      pass(readMillis);
      return alive(worker) ? worker.closeUp() : new Reading.Vanished();
    }

    @Override
    public Sent send(Signal signal) {
      Sent result;
      if (!alive(worker)) {
        result = new Sent.Gone();
      } else if (worker.signalRefused.isPresent()) {
        result = new Sent.Refused(worker.signalRefused.get());
      } else {
        signalled(worker, signal);
        result = new Sent.Done();
      }
      // What happens now is an answer to the signal, not before it.
      asked();
      return result;
    }

    @Override
    public boolean ended(Duration atMost) {
      asked();
      long left = worker.endsAtMillis - millis();
      pass(Math.clamp(left, 0, atMost.toMillis()));
      return !alive(worker);
    }

    @Override
    public void close() {
      if (!open.remove(this)) {
        throw new AssertionError("closed twice: " + worker.id());
      }
    }
  }

  private final class Eyes implements Observer {
    @Override
    public Activity look(ProcessId id) {
      asked();
      FakeWorker worker =
          processes.stream().filter(p -> p.id().equals(id)).findFirst().orElseThrow();
      if (!alive(worker)) {
        return new Activity.Gone();
      }
      return worker.doing(millis());
    }
  }

  private final class Watch implements ManagerWatch {
    @Override
    public ProcessId manager() {
      return MANAGER;
    }

    @Override
    public Optional<String> lost() {
      asked();
      return managerLost ? Optional.of(LOST) : Optional.empty();
    }

    @Override
    public void close() {}
  }

  private final class Clock implements Time {
    @Override
    public long nanos() {
      return nanos;
    }

    @Override
    public void sleep(Duration duration) {
      asked();
      if (duration.isNegative() || duration.isZero()) {
        throw new AssertionError("a wait of " + duration + " never ends");
      }
      nanos += Objects.requireNonNull(duration).toNanos();
    }
  }

  private final class Said implements Progress {
    @Override
    public void awaitingBoundary(ProcessId worker, long sinceDecisionMillis) {
      if (sinceDecisionMillis > 0) {
        progress.add("boundary " + worker.pid() + " " + sinceDecisionMillis);
      }
    }

    @Override
    public void draining(ProcessId worker, long sinceSignalMillis) {
      progress.add("draining " + worker.pid() + " " + sinceSignalMillis);
    }

    @Override
    public void awaitingReplacement(ProcessId worker, long sinceExitMillis) {
      progress.add("awaiting " + worker.pid() + " " + sinceExitMillis);
    }

    @Override
    public void pausing(long remainingMillis) {
      progress.add("pausing " + remainingMillis);
    }
  }
}
