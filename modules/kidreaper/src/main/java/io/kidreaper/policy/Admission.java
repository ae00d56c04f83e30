package io.kidreaper.policy;

import io.kidreaper.pool.Member;
import io.kidreaper.pool.Occupation;
import java.util.List;
import java.util.Optional;

/** Whether a worker that should go may go now. */
final class Admission {
  private final Restraint restraint;
  private final Turn turn;
  private final List<Member> living;

  Admission(Restraint restraint, Turn turn, List<Member> living) {
    this.restraint = restraint;
    this.turn = turn;
    this.living = living;
  }

  /** The same wish if it is granted; it counts from then on only if it is decided. */
  Optional<Wish> ask(Wish wish) {
    return mayGo(wish) ? Optional.of(wish) : Optional.empty();
  }

  /** Whether one that was not granted waits for nothing but others and the gap after them. */
  boolean isHeldBack(Wish wish) {
    return turn.watched(wish.member()).condemned().isEmpty()
        && !isTooYoung(wish.member())
        && (turn.leaving() > 0 || turn.within(restraint.gapMillis()));
  }

  private boolean mayGo(Wish wish) {
    boolean hard = wish.reason() instanceof Reason.OverHardLimit;
    if (turn.watched(wish.member()).condemned().isPresent()) {
      // Only the hard limit asks again, and who leaves already makes nobody fewer.
      return hard;
    }
    if (left() <= restraint.keepWorkers() || isTooYoung(wish.member())) {
      return false;
    }
    return hard
        || (turn.leaving() < restraint.atMostLeaving() && !turn.within(restraint.gapMillis()));
  }

  private boolean isTooYoung(Member member) {
    return restraint.minAgeMillis() > 0
        && (member.ageMillis().isEmpty()
            || member.ageMillis().getAsLong() < restraint.minAgeMillis());
  }

  private long left() {
    return living.stream()
        .filter(member -> member.duty().occupation() != Occupation.STARTING)
        .filter(member -> turn.watched(member).condemned().isEmpty())
        .count();
  }
}
