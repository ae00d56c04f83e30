package io.kidreaper.cli;

import io.kidreaper.control.Answer;
import io.kidreaper.control.AttachedStatus;
import io.kidreaper.control.ControlCommand;
import io.kidreaper.control.ControlHandler;
import io.kidreaper.control.EventHistory;
import io.kidreaper.control.FirstSeen;
import io.kidreaper.control.PoolLimits;
import io.kidreaper.control.PoolStatus;
import io.kidreaper.control.WorkerStatus;
import io.kidreaper.memory.ByteSize;
import io.kidreaper.policy.PolicySettings;
import io.kidreaper.pool.ProcessId;
import io.kidreaper.watch.Bulletin;
import io.kidreaper.watch.PoolView;
import io.kidreaper.watch.Watch;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** What a watch answers at its control socket. */
final class WatchControl implements ControlHandler {
  private static final int LAST_EVENTS = 10;

  private final Watch watch;
  private final Bulletin bulletin;
  private final Runnable reload;
  private final Runnable stop;
  private final WatchRun.Source source;
  private final Clock clock = Clock.systemUTC();

  WatchControl(
      Watch watch, Bulletin bulletin, Runnable reload, Runnable stop, WatchRun.Source source) {
    this.watch = watch;
    this.bulletin = bulletin;
    this.reload = reload;
    this.stop = stop;
    this.source = source;
  }

  @Override
  public List<PoolStatus> status() {
    return watch.views().stream().map(this::status).toList();
  }

  private PoolStatus status(PoolView view) {
    List<WorkerStatus> workers = view.workers().stream().map(WatchControl::worker).toList();
    return new PoolStatus(
        view.name(),
        ProcessHandle.current().pid(),
        state(view.state()),
        clock.instant().minusMillis(Math.max(0, watch.nowMillis() - view.stateSinceMillis())),
        List.of(),
        0,
        0,
        (int) workers.stream().filter(it -> it.state() == WorkerStatus.State.READY).count(),
        (int) workers.stream().filter(it -> it.state() == WorkerStatus.State.STARTING).count(),
        (int) workers.stream().filter(it -> it.state() == WorkerStatus.State.DRAINING).count(),
        workers,
        limits(view.limits()),
        view.decided(),
        view.tally().unsafeSignals() == 0 ? OptionalLong.of(0) : OptionalLong.empty(),
        bulletin.history().latest(LAST_EVENTS),
        Optional.of(
            new AttachedStatus(
                view.where(),
                view.manager().map(ProcessId::pid).map(OptionalInt::of).orElse(OptionalInt.empty()),
                view.command(),
                view.why(),
                view.dryRun())));
  }

  private static PoolStatus.State state(PoolView.State state) {
    return switch (state) {
      case WATCHED -> PoolStatus.State.WATCHED;
      case AWAY -> PoolStatus.State.AWAY;
      case PAUSED -> PoolStatus.State.PAUSED;
      case FROZEN -> PoolStatus.State.FROZEN;
      case HANDS_OFF -> PoolStatus.State.HANDS_OFF;
    };
  }

  private static WorkerStatus worker(PoolView.Worker worker) {
    WorkerStatus.State state =
        worker.leaving().isPresent()
            ? WorkerStatus.State.DRAINING
            : switch (worker.occupation()) {
              case STARTING -> WorkerStatus.State.STARTING;
              case IDLE, BUSY, TEMPLATE, UNKNOWN -> WorkerStatus.State.READY;
            };
    return new WorkerStatus(
        worker.id().pid(),
        worker.id().startTicks(),
        worker.slot(),
        0,
        state,
        worker.ageMillis(),
        worker.privateBytes(),
        worker.pssBytes(),
        worker.rssBytes(),
        // What it accepted before it was found nobody knows.
        OptionalLong.empty(),
        worker.leaving());
  }

  private static PoolLimits limits(PolicySettings limits) {
    return new PoolLimits(
        limits.limit().map(it -> OptionalLong.of(it.bytes())).orElse(OptionalLong.empty()),
        limits.budgetBytes(),
        OptionalLong.empty(),
        limits.maxRequests(),
        limits.maxAgeMillis(),
        limits.idleRetireMillis());
  }

  @Override
  public Optional<FirstSeen> first(int pid) {
    return watch
        .firstLook(pid)
        .map(it ->
            new FirstSeen(
                it.pool(), it.first().worker(), it.first().footing(), it.first().othersEnded()));
  }

  @Override
  public EventHistory events() {
    return bulletin.history();
  }

  @Override
  public Answer act(ControlCommand.Action action) {
    return switch (action) {
      case ControlCommand.Pause(Optional<String> pool) -> answer(watch.pause(pool));
      case ControlCommand.Resume(Optional<String> pool) -> answer(watch.resume(pool));
      case ControlCommand.Retire(int pid) -> answer(watch.retire(pid));
      case ControlCommand.SetLimit(ByteSize size, Optional<String> pool) -> limit(size, pool);
      case ControlCommand.Reload() -> {
        if (!source.canChange()) {
          yield new Answer.Refused("this watch has no --config to read again");
        }
        try {
          int pools = source.read().pools().size();
          reload.run();
          yield new Answer.Done("configuration read again: " + pools + " pools");
        } catch (picocli.CommandLine.TypeConversionException e) {
          yield new Answer.Refused("the old settings stay: " + e.getMessage());
        }
      }
      case ControlCommand.Stop _ -> new Answer.Done("the watch ends; all workers serve on");
      case ControlCommand.Restart _, ControlCommand.Scale _, ControlCommand.Takeover _ ->
          new Answer.Refused(
              "these pools are somebody else's: ask their manager; a watch can status, events,"
                  + " pause, resume, retire, limit, reload and stop");
    };
  }

  @Override
  public void answered(ControlCommand.Action action, Answer answer) {
    if (action instanceof ControlCommand.Stop) {
      stop.run();
    }
  }

  private Answer limit(ByteSize size, Optional<String> pool) {
    try {
      return answer(watch.limit(pool, size));
    } catch (IllegalArgumentException e) {
      return new Answer.Refused(String.valueOf(e.getMessage()));
    }
  }

  private static Answer answer(Watch.Did did) {
    return switch (did) {
      case Watch.Did.Done(String text) -> new Answer.Done(text);
      case Watch.Did.Refused(String reason) -> new Answer.Refused(reason);
    };
  }
}
