package io.kidreaper.retire;

import io.kidreaper.policy.Verdict;
import io.kidreaper.pool.ProcessId;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * All that came of one sweep.
 *
 * @param managerLost why the manager is no longer there, where it was lost during the sweep
 */
public record SweepReport(
    ProcessId manager,
    SweepPlan plan,
    List<WorkerReport> workers,
    Optional<String> managerLost,
    boolean interrupted) {
  public SweepReport {
    workers = List.copyOf(workers);
  }

  /** One worker's part of it: what was read and judged, and what came of it. */
  public record WorkerReport(Verdict verdict, Outcome outcome) {}

  /** The one word for how it ended. */
  public enum Result {
    /** Nothing was over the limit, or all that was has been retired and replaced. */
    DONE,
    /** Some worker did not leave, could not be signalled, or was not replaced. */
    INCOMPLETE,
    /** Some worker could not be read, so nobody knows whether it is over the limit. */
    UNREADABLE,
    /** The manager died or changed before the sweep was through. */
    MANAGER_LOST,
    /** It was asked to stop before it was through. */
    INTERRUPTED
  }

  /** How it ended; where several things went wrong, the gravest. */
  public Result result() {
    if (managerLost.isPresent()) {
      return Result.MANAGER_LOST;
    }
    if (interrupted) {
      return Result.INTERRUPTED;
    }
    Result worst = Result.DONE;
    for (WorkerReport worker : workers) {
      Result one = resultOf(worker.outcome());
      if (one == Result.INCOMPLETE) {
        return one;
      }
      if (one == Result.UNREADABLE) {
        worst = one;
      }
    }
    return worst;
  }

  private static Result resultOf(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Kept _,
          Outcome.WouldRetire _,
          Outcome.Vanished _,
          Outcome.NotAWorker _,
          Outcome.Retired _ ->
          Result.DONE;
      case Outcome.Unreadable _ -> Result.UNREADABLE;
      case Outcome.NotSignalled _, Outcome.NotReplaced _, Outcome.StillThere _ -> Result.INCOMPLETE;
      case Outcome.ManagerLost _ -> Result.MANAGER_LOST;
    };
  }

  public long overLimit() {
    return workers.stream().filter(w -> w.verdict() instanceof Verdict.Retire).count();
  }

  /** Workers that got a signal, whatever came of it. */
  public long signalled() {
    return workers.stream().filter(w -> w.outcome().signalled()).count();
  }

  public long unreadable() {
    return workers.stream().filter(w -> w.outcome() instanceof Outcome.Unreadable).count();
  }

  public long retired() {
    return workers.stream().filter(w -> w.outcome() instanceof Outcome.Retired).count();
  }

  /** Private memory of the workers that left, where it was read before the signal, in bytes. */
  public long givenBackBytes() {
    return workers.stream()
        .map(w -> givenBack(w.outcome()))
        .filter(OptionalLong::isPresent)
        .mapToLong(OptionalLong::getAsLong)
        .sum();
  }

  private static OptionalLong givenBack(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Retired retired -> retired.givenBackBytes();
      case Outcome.NotReplaced left -> left.givenBackBytes();
      case Outcome.Kept _,
          Outcome.WouldRetire _,
          Outcome.Vanished _,
          Outcome.Unreadable _,
          Outcome.NotAWorker _,
          Outcome.NotSignalled _,
          Outcome.StillThere _,
          Outcome.ManagerLost _ ->
          OptionalLong.empty();
    };
  }
}
