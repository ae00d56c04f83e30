package io.kidreaper.policy;

import io.kidreaper.memory.Measure;
import io.kidreaper.pool.Member;
import io.kidreaper.pool.ProcessId;
import java.util.Comparator;
import java.util.OptionalLong;

/** A reason for which a worker should go, before it is known whether it may. */
record Wish(Member member, Reason reason) {
  /** The most urgent reason first, idle ones before busy ones, then the largest. */
  static final Comparator<Wish> ORDER =
      Comparator.comparingInt(Wish::urgency)
          .thenComparingInt(Wish::duty)
          .thenComparingLong(wish -> -wish.size())
          .thenComparingInt(wish -> wish.worker().pid());

  ProcessId worker() {
    return member.id();
  }

  /** Whether it is about memory, so that the worker's going should give some back. */
  boolean aboutMemory() {
    return switch (reason) {
      case Reason.OverHardLimit _, Reason.OverLimit _, Reason.OverBudget _, Reason.IdleAndGrown _ ->
          true;
      case Reason.EnoughRequests _, Reason.OldEnough _ -> false;
    };
  }

  OptionalLong privateBytes() {
    return member.value(Measure.PRIVATE);
  }

  private int urgency() {
    return switch (reason) {
      case Reason.OverHardLimit _ -> 0;
      case Reason.OverLimit _ -> 1;
      case Reason.OverBudget _ -> 2;
      case Reason.EnoughRequests _ -> 3;
      case Reason.OldEnough _ -> 4;
      case Reason.IdleAndGrown _ -> 5;
    };
  }

  private int duty() {
    return switch (member.duty().occupation()) {
      case IDLE -> 0;
      case UNKNOWN -> 1;
      case BUSY, STARTING, TEMPLATE -> 2;
    };
  }

  /** To put them in order; one that was not read comes last. */
  private long size() {
    return switch (reason) {
      case Reason.OverHardLimit(_, long value) -> value;
      case Reason.OverLimit(_, long value, _) -> value;
      case Reason.OverBudget _,
          Reason.EnoughRequests _,
          Reason.OldEnough _,
          Reason.IdleAndGrown _ ->
          privateBytes().orElse(-1);
    };
  }
}
