package io.kidreaper.policy;

import io.kidreaper.memory.ByteSize;
import io.kidreaper.memory.Limit;
import io.kidreaper.pool.ProcessId;

/** What people are told of a policy: each once, when it begins to be so. */
public sealed interface PolicyNote {
  /** A fresh worker is at or above the limit already, so nobody is retired for it. */
  record LimitBelowBootSize(Limit limit, long bootBytes) implements PolicyNote {}

  /** The same of the hard limit. */
  record HardLimitBelowBootSize(Limit limit, long bootBytes) implements PolicyNote {}

  /** The pool is over its budget and none of its workers is worth replacing. */
  record BudgetOutOfReach(long budgetBytes, long poolBytes) implements PolicyNote {}

  /**
   * Whether the pool is over its budget cannot be told.
   *
   * @param unreadable how many workers' shares could not be read
   */
  record BudgetUnknown(int unreadable) implements PolicyNote {}

  /** Whether a worker is over its limit cannot be told. */
  record WorkerUnreadable(ProcessId worker, String reason) implements PolicyNote {}

  /** There is a maximum of requests and nobody counts them, so nobody is retired for it. */
  record RequestsNotCounted() implements PolicyNote {}

  record Frozen(Freeze freeze) implements PolicyNote {}

  record Resumed() implements PolicyNote {}

  /**
   * What it is about: as long as that lasts, the note is not repeated. The word before the first
   * blank is for metrics and JSON.
   */
  default String topic() {
    return switch (this) {
      case LimitBelowBootSize(Limit limit, _) -> "limit-below-boot-size " + limit.bytes();
      case HardLimitBelowBootSize(Limit limit, _) -> "hard-limit-below-boot-size " + limit.bytes();
      case BudgetOutOfReach(long budget, _) -> "budget-out-of-reach " + budget;
      case BudgetUnknown _ -> "budget-unknown";
      case WorkerUnreadable(ProcessId worker, _) ->
          "worker-unreadable " + worker.pid() + " " + worker.startTicks();
      case RequestsNotCounted() -> "requests-not-counted";
      case Frozen _ -> "frozen";
      case Resumed() -> "resumed";
    };
  }

  /** A sentence for a log. */
  default String text() {
    return switch (this) {
      case LimitBelowBootSize(Limit limit, long boot) ->
          "the %s is not above what a fresh worker has, %s: nobody is retired for it"
              .formatted(limit, new ByteSize(boot));
      case HardLimitBelowBootSize(Limit limit, long boot) ->
          "the hard %s is not above what a fresh worker has, %s: it is not acted on"
              .formatted(limit, new ByteSize(boot));
      case BudgetOutOfReach(long budget, long pool) ->
          "the pool has %s of a budget of %s, and none of its workers has grown: fewer workers or a larger budget are needed"
              .formatted(new ByteSize(pool), new ByteSize(budget));
      case BudgetUnknown(int unreadable) ->
          "whether the pool is within its budget is unknown: %d of its workers could not be read"
              .formatted(unreadable);
      case WorkerUnreadable(ProcessId worker, String reason) ->
          "process %d cannot be measured and is let be: %s".formatted(worker.pid(), reason);
      case RequestsNotCounted() ->
          "requests are not counted, so nobody is retired for their number";
      case Frozen(Freeze.GivesNothingBack(int retirements, long before, long after)) ->
          "frozen until resumed: %d workers in a row were succeeded by ones hardly smaller, the last of %s by one of %s"
              .formatted(retirements, new ByteSize(before), new ByteSize(after));
      case Frozen(Freeze.ManagerLost(String reason)) ->
          "frozen until resumed: the manager was lost after a signal: " + reason;
      case Resumed() -> "resumed";
    };
  }
}
