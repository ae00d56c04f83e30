package io.kidreaper.policy;

import io.kidreaper.memory.Detail;
import io.kidreaper.memory.Limit;
import io.kidreaper.memory.Measure;
import io.kidreaper.memory.Reading;
import io.kidreaper.memory.Sample;
import io.kidreaper.pool.Member;
import io.kidreaper.pool.Occupation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** Who of a snapshot should go, each by its own reasons, and what there is to say of it. */
final class Wishes {
  /** Less growth is not worth a fresh worker's start. */
  private static final long LEAST_GROWTH_BYTES = 1 << 20;

  private final PolicySettings settings;
  private final Turn turn;
  private final List<Member> living;
  private final long nowMillis;
  private final long seed;
  private final List<PolicyNote> notes = new ArrayList<>();
  private final Optional<Limit> limit;
  private final Optional<Limit> hardLimit;
  private final PoolMemory pool;

  Wishes(
      PolicySettings settings,
      Turn turn,
      List<Member> living,
      PoolMemory pool,
      long nowMillis,
      long seed) {
    this.settings = settings;
    this.turn = turn;
    this.living = living;
    this.nowMillis = nowMillis;
    this.seed = seed;
    this.pool = pool;
    this.limit = settings.limit().filter(it -> isAboveBoot(it, PolicyNote.LimitBelowBootSize::new));
    this.hardLimit =
        settings.hardLimit().filter(it -> isAboveBoot(it, PolicyNote.HardLimitBelowBootSize::new));
    noteWhatIsUnknown();
    noteBudget();
  }

  List<PolicyNote> notes() {
    return notes;
  }

  private interface BelowBoot {
    PolicyNote note(Limit limit, long bootBytes);
  }

  /** A replacement would be over the limit as soon as it is ready, and so on for ever. */
  private boolean isAboveBoot(Limit it, BelowBoot note) {
    long smallest = Long.MAX_VALUE;
    for (Member member : living) {
      smallest = Math.min(smallest, turn.bootBytes(member, it.measure()).orElse(Long.MAX_VALUE));
    }
    if (smallest == Long.MAX_VALUE || smallest < it.bytes()) {
      return true;
    }
    notes.add(note.note(it, smallest));
    return false;
  }

  private void noteWhatIsUnknown() {
    for (Member member : living) {
      if (member.memory() instanceof Reading.Unreadable(String reason)) {
        notes.add(new PolicyNote.WorkerUnreadable(member.id(), reason));
      } else if (member.memory() instanceof Sample(_, _, Detail.NotRead())) {
        if (turn.saidSomething()) {
          turn.leaveAsItWas(new PolicyNote.WorkerUnreadable(member.id(), "").topic());
        }
      } else {
        Stream.of(settings.limit(), settings.hardLimit())
            .flatMap(Optional::stream)
            .map(it -> new LimitPolicy(it).judge(member))
            .flatMap(verdict ->
                verdict instanceof Verdict.Unknown unknown ? Stream.of(unknown) : Stream.empty())
            .findFirst()
            .ifPresent(unknown ->
                notes.add(new PolicyNote.WorkerUnreadable(member.id(), unknown.reason())));
      }
    }
    boolean uncounted =
        settings.maxRequests().isPresent()
            && living.stream()
                .anyMatch(member -> isReady(member) && member.duty().requests().isEmpty());
    if (uncounted) {
      notes.add(new PolicyNote.RequestsNotCounted());
    }
  }

  private void noteBudget() {
    if (settings.budgetBytes().isEmpty()) {
      return;
    }
    long budget = settings.budgetBytes().getAsLong();
    boolean over = pool.atLeastBytes() >= budget;
    if (pool.notRead() > 0) {
      turn.leaveAsItWas("budget-");
    } else if (!over && pool.unreadable() > 0) {
      notes.add(new PolicyNote.BudgetUnknown(pool.unreadable()));
    } else if (over && turn.leaving() == 0 && pool.unreadable() == 0 && noneHasGrown()) {
      notes.add(new PolicyNote.BudgetOutOfReach(budget, pool.atLeastBytes()));
    }
  }

  private boolean noneHasGrown() {
    return living.stream().noneMatch(member -> !isReady(member) || givesSomethingBack(member));
  }

  /** Those that their own limits and maxima concern. */
  List<Wish> urgent() {
    List<Wish> wishes = new ArrayList<>();
    for (Member member : living) {
      if (!isReady(member)) {
        continue;
      }
      Optional<Wish> wish = hard(member);
      if (wish.isEmpty() && mayBeDecided(member)) {
        wish = overLimit(member).or(() -> enoughRequests(member)).or(() -> oldEnough(member));
      }
      wish.ifPresent(wishes::add);
    }
    wishes.sort(Wish.ORDER);
    return wishes;
  }

  private Optional<Wish> hard(Member member) {
    boolean decidedBefore =
        turn.watched(member).condemned().map(Watched.Condemned::hard).orElse(false);
    if (decidedBefore || turn.watched(member).notBeforeMillis() > nowMillis) {
      return Optional.empty();
    }
    return hardLimit.flatMap(
        it -> over(it, member).map(value -> new Wish(member, new Reason.OverHardLimit(it, value))));
  }

  private Optional<Wish> overLimit(Member member) {
    int inARow = turn.watched(member).overInARow();
    return limit
        .filter(_ -> inARow >= settings.samplesOver())
        .flatMap(it ->
            over(it, member)
                .map(value -> new Wish(member, new Reason.OverLimit(it, value, inARow))));
  }

  private static Optional<Long> over(Limit it, Member member) {
    return new LimitPolicy(it).judge(member) instanceof Verdict.Retire(_, long value)
        ? Optional.of(value)
        : Optional.empty();
  }

  private Optional<Wish> enoughRequests(Member member) {
    OptionalLong served = member.duty().requests();
    if (settings.maxRequests().isEmpty() || served.isEmpty()) {
      return Optional.empty();
    }
    long drawn = drawn(settings.maxRequests().getAsLong(), member);
    return served.getAsLong() >= drawn
        ? Optional.of(new Wish(member, new Reason.EnoughRequests(served.getAsLong(), drawn)))
        : Optional.empty();
  }

  private Optional<Wish> oldEnough(Member member) {
    if (settings.maxAgeMillis().isEmpty() || member.ageMillis().isEmpty()) {
      return Optional.empty();
    }
    long drawn = drawn(settings.maxAgeMillis().getAsLong(), member);
    long age = member.ageMillis().getAsLong();
    return age >= drawn
        ? Optional.of(new Wish(member, new Reason.OldEnough(age, drawn)))
        : Optional.empty();
  }

  private long drawn(long maximum, Member member) {
    return Jitter.drawn(maximum, settings.jitterShare(), seed, member.id());
  }

  /** The largest of those idle, if the pool is over its budget. */
  Optional<Wish> toKeepBudget() {
    if (settings.budgetBytes().isEmpty()
        || pool.atLeastBytes() < settings.budgetBytes().getAsLong()) {
      return Optional.empty();
    }
    return living.stream()
        .filter(member -> isReady(member) && mayBeDecided(member) && givesSomethingBack(member))
        .flatMap(member ->
            member.value(Measure.PRIVATE).stream()
                .mapToObj(bytes ->
                    new Wish(
                        member,
                        new Reason.OverBudget(
                            settings.budgetBytes().getAsLong(), pool.atLeastBytes(), bytes))))
        .min(Wish.ORDER);
  }

  /** As far as is known: a worker that nobody saw fresh may have grown. */
  private boolean givesSomethingBack(Member member) {
    OptionalLong now = member.value(Measure.PRIVATE);
    OptionalLong boot = turn.bootBytes(member, Measure.PRIVATE);
    return now.isPresent()
        && (boot.isEmpty() || Growth.isWorthIt(now.getAsLong(), boot.getAsLong()));
  }

  /** The one that has grown most of those that have been idle for long. */
  Optional<Wish> idleAndGrown() {
    return settings.idleRetireMillis().isEmpty()
        ? Optional.empty()
        : living.stream()
            .filter(member -> isReady(member) && mayBeDecided(member))
            .flatMap(member -> idleAndGrown(member).stream())
            .min(Wish.ORDER);
  }

  private Optional<Wish> idleAndGrown(Member member) {
    OptionalLong now = member.value(Measure.PRIVATE);
    OptionalLong boot = turn.bootBytes(member, Measure.PRIVATE);
    long idleMillis = nowMillis - turn.watched(member).stillSinceMillis();
    boolean isStill =
        (member.duty().stirs().isPresent() || member.duty().requests().isPresent())
            && member.duty().occupation() != Occupation.BUSY
            && idleMillis >= settings.idleRetireMillis().getAsLong();
    if (!isStill || now.isEmpty() || boot.isEmpty()) {
      return Optional.empty();
    }
    long has = now.getAsLong();
    long had = boot.getAsLong();
    return Growth.isWorthIt(has, had) && has - had >= LEAST_GROWTH_BYTES
        ? Optional.of(new Wish(member, new Reason.IdleAndGrown(idleMillis, has, had)))
        : Optional.empty();
  }

  private boolean mayBeDecided(Member member) {
    Watched watched = turn.watched(member);
    return watched.condemned().isEmpty()
        && watched.notBeforeMillis() <= nowMillis
        && !turn.isStillCompared(member);
  }

  private static boolean isReady(Member member) {
    return member.duty().occupation() != Occupation.STARTING;
  }
}
