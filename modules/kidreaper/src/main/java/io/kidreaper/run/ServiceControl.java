package io.kidreaper.run;

import io.kidreaper.control.Answer;
import io.kidreaper.control.ControlCommand;
import io.kidreaper.control.ControlHandler;
import io.kidreaper.control.EventHistory;
import io.kidreaper.control.FirstSeen;
import io.kidreaper.control.PoolLimits;
import io.kidreaper.control.PoolStatus;
import io.kidreaper.linux.socket.ListenAddress;
import io.kidreaper.manager.PoolState;
import io.kidreaper.memory.ByteSize;
import io.kidreaper.memory.Limit;
import io.kidreaper.memory.Measure;
import io.kidreaper.policy.PolicySettings;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.IntConsumer;

/** What a managed pool answers at its control socket. */
public final class ServiceControl implements ControlHandler {
  private static final int LAST_EVENTS = 10;

  private final PoolService service;
  private final Watchfulness watch;
  private final IntConsumer successor;

  /**
   * @param successor hears which process the pool went over to
   */
  public ServiceControl(PoolService service, Watchfulness watch, IntConsumer successor) {
    this.service = service;
    this.watch = watch;
    this.successor = successor;
  }

  @Override
  public List<PoolStatus> status() {
    PoolState pool = service.state();
    return List.of(
        new PoolStatus(
            service.settings().name().text(),
            ProcessHandle.current().pid(),
            StatusReport.state(pool),
            service.inThisStateSince(),
            service.addresses().stream().map(ListenAddress::toString).toList(),
            pool.newestGeneration(),
            pool.workers(),
            pool.ready(),
            StatusReport.starting(pool),
            pool.draining().size(),
            StatusReport.workers(pool, service),
            limits(service.limits()),
            service.decided(),
            OptionalLong.of(service.requestsCut()),
            service.history().latest(LAST_EVENTS)));
  }

  private static PoolLimits limits(PolicySettings settings) {
    return new PoolLimits(
        bytes(settings.limit()),
        settings.budgetBytes(),
        bytes(settings.hardLimit()),
        settings.maxRequests(),
        settings.maxAgeMillis(),
        settings.idleRetireMillis());
  }

  private static OptionalLong bytes(Optional<Limit> limit) {
    return limit.map(it -> OptionalLong.of(it.bytes())).orElse(OptionalLong.empty());
  }

  @Override
  public Optional<FirstSeen> first(int pid) {
    return service
        .firstLook(pid)
        .map(it ->
            new FirstSeen(
                service.settings().name().text(), it.worker(), it.footing(), it.othersEnded()));
  }

  @Override
  public EventHistory events() {
    return service.history();
  }

  @Override
  public Answer act(ControlCommand.Action action) {
    return switch (action) {
      case ControlCommand.Restart() -> {
        service.restart();
        yield new Answer.Done("workers are replaced one by one");
      }
      case ControlCommand.Retire(int pid) ->
          service.retire(pid, "asked for at the control socket")
              ? new Answer.Done("worker " + pid + " goes as soon as another is ready")
              : new Answer.Refused("process " + pid + " is no worker of this pool");
      case ControlCommand.Scale(int workers) -> {
        service.scaleTo(workers);
        yield new Answer.Done("from now on " + workers + (workers == 1 ? " worker" : " workers"));
      }
      case ControlCommand.SetLimit(ByteSize size, Optional<String> pool) ->
          pool.isEmpty() || pool.get().equals(service.settings().name().text())
              ? limit(size)
              : new Answer.Refused("this is no pool " + pool.get());
      case ControlCommand.Pause _, ControlCommand.Resume _, ControlCommand.Reload _ ->
          new Answer.Refused(
              "this is a pool of kidreaper's own; pause, resume and reload are for a watch");
      case ControlCommand.Stop(boolean now) -> {
        if (now) {
          watch.stopNow();
        } else {
          watch.stop();
        }
        yield new Answer.Done(
            now ? "the pool stops at once" : "workers leave after the requests they are at");
      }
      case ControlCommand.Takeover(int pid) -> takeover(pid);
    };
  }

  private Answer limit(ByteSize size) {
    PolicySettings now = service.limits();
    try {
      service.limits(now.withLimit(Optional.of(new Limit(Measure.PRIVATE, size.bytes()))));
    } catch (IllegalArgumentException e) {
      return new Answer.Refused(String.valueOf(e.getMessage()));
    }
    return new Answer.Done("from now on a worker may cost " + size);
  }

  private Answer takeover(int pid) {
    try {
      Optional<String> refused = service.handOver();
      if (refused.isPresent()) {
        return new Answer.Refused(refused.get());
      }
      successor.accept(pid);
      return new Answer.Done("the pool is yours");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Answer.Refused("interrupted");
    }
  }

  @Override
  public void answered(ControlCommand.Action action, Answer answer) {
    if (action instanceof ControlCommand.Takeover && answer instanceof Answer.Done) {
      watch.handedOver();
    }
  }
}
