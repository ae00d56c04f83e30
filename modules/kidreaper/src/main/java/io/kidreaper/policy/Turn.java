package io.kidreaper.policy;

import io.kidreaper.memory.Detail;
import io.kidreaper.memory.Measure;
import io.kidreaper.memory.Reading;
import io.kidreaper.memory.Sample;
import io.kidreaper.policy.Watched.Condemned;
import io.kidreaper.pool.BootWindow;
import io.kidreaper.pool.Member;
import io.kidreaper.pool.Occupation;
import io.kidreaper.pool.ProcessId;
import io.kidreaper.pool.Snapshot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** One step of a policy: the state it is being made of, and what has come of it so far. */
final class Turn {
  private final PolicySettings settings;
  private final long nowMillis;
  private final PolicyState before;
  private final Map<ProcessId, Watched> workers;
  private final List<Departure> departures;
  private final Set<String> topics = new HashSet<>();
  private final List<Decision> decisions = new ArrayList<>();
  private final List<PolicyNote> notes = new ArrayList<>();
  private boolean heldBack;
  private int futileInARow;
  private OptionalLong lastDecisionMillis;
  private Optional<Freeze> frozen;

  Turn(PolicySettings settings, PolicyState before, long nowMillis) {
    this.settings = settings;
    this.nowMillis = nowMillis;
    this.before = before;
    this.workers = new HashMap<>(before.workers());
    this.departures = new ArrayList<>(before.departures());
    this.futileInARow = before.futileInARow();
    this.lastDecisionMillis = before.lastDecisionMillis();
    this.frozen = before.frozen();
  }

  PoolPolicy.Step done() {
    return new PoolPolicy.Step(
        new PolicyState(
            before.seed(), workers, departures, futileInARow, lastDecisionMillis, frozen, topics),
        decisions,
        notes,
        heldBack);
  }

  void hear(Report report) {
    topics.addAll(before.topics());
    switch (report) {
      case Report.Stayed(ProcessId worker) ->
          workers.computeIfPresent(
              worker,
              (_, watched) ->
                  watched.condemned().isEmpty()
                      ? watched
                      : watched.stay(nowMillis + settings.restraint().retryMillis()));
      case Report.ManagerLost(String reason) -> freeze(new Freeze.ManagerLost(reason));
      case Report.Resumed() -> {
        if (frozen.isPresent()) {
          frozen = Optional.empty();
          futileInARow = 0;
          notes.add(new PolicyNote.Resumed());
        }
      }
    }
  }

  void look(Snapshot snapshot) {
    // No streams: this runs for every worker of every pool at every tick.
    List<Member> living = new ArrayList<>(snapshot.members().size());
    List<Member> workers = new ArrayList<>(snapshot.members().size());
    for (Member member : snapshot.members()) {
      if (!(member.memory() instanceof Reading.Vanished)) {
        living.add(member);
        if (member.duty().occupation() != Occupation.TEMPLATE) {
          workers.add(member);
        }
      }
    }
    lookAt(workers, PoolMemory.of(living));
  }

  private void lookAt(List<Member> living, PoolMemory memory) {
    remember(living);
    departed(living);
    succeeded(living);
    Wishes wishes = new Wishes(settings, this, living, memory, nowMillis, before.seed());
    wishes.notes().forEach(this::hold);
    if (frozen.isPresent()) {
      return;
    }
    Admission admission = new Admission(settings.restraint(), this, living);
    for (Wish wish : wishes.urgent()) {
      Optional<Wish> granted = admission.ask(wish);
      granted.ifPresent(this::decide);
      heldBack |= granted.isEmpty() && admission.isHeldBack(wish);
    }
    if (leaving() == 0) {
      wishes.toKeepBudget().flatMap(admission::ask).ifPresent(this::decide);
    }
    if (leaving() == 0) {
      wishes.idleAndGrown().flatMap(admission::ask).ifPresent(this::decide);
    }
  }

  private void remember(List<Member> living) {
    boolean somebodyLeaves = leaving() > 0;
    workers.clear();
    for (Member member : living) {
      Watched known = before.workers().get(member.id());
      Watched watched = known == null ? Watched.newcomer(somebodyLeaves, nowMillis) : known;
      OptionalLong stirs =
          member.duty().stirs().isPresent() ? member.duty().stirs() : member.duty().requests();
      workers.put(
          member.id(),
          watched.seen(overInARow(member, watched), fresh(member, watched), stirs, nowMillis));
    }
  }

  private int overInARow(Member member, Watched watched) {
    if (settings.limit().isEmpty()) {
      return 0;
    }
    return switch (new LimitPolicy(settings.limit().get()).judge(member)) {
      case Verdict.Retire _ -> watched.overInARow() + 1;
      case Verdict.Keep _ -> 0;
      case Verdict.Gone _, Verdict.Unknown _ -> watched.overInARow();
    };
  }

  private static Optional<Fresh> fresh(Member member, Watched watched) {
    if (!(member.memory() instanceof Sample sample)
        || sample.detail() instanceof Detail.NotRead
        || member.duty().occupation() == Occupation.STARTING
        || member.ageMillis().isEmpty()
        || !BootWindow.isOpenAt(member.ageMillis().getAsLong())) {
      return watched.fresh();
    }
    long age = member.ageMillis().getAsLong();
    return Optional.of(
        watched
            .fresh()
            .map(known -> known.next(sample, age))
            .orElseGet(() -> Fresh.read(sample, age)));
  }

  private void departed(List<Member> living) {
    departures.removeIf(
        departure -> nowMillis - departure.goneMillis() >= settings.restraint().successionMillis());
    before
        .workers()
        .forEach((id, watched) -> {
          if (!workers.containsKey(id)) {
            watched
                .condemned()
                .ifPresent(how -> departures.add(new Departure(nowMillis, how.privateBytes())));
          }
        });
    for (Member member : living) {
      Watched watched = watched(member);
      if (departures.isEmpty()) {
        break;
      }
      if (watched.successor()
          && watched.condemned().isEmpty()
          && member.duty().occupation() != Occupation.STARTING) {
        Departure first = departures.removeFirst();
        workers.put(member.id(), watched.succeeding(false, first.privateBytes()));
      }
    }
    if (leaving() == 0) {
      workers.replaceAll((_, watched) ->
          watched.successor() ? watched.succeeding(false, watched.succeedsBytes()) : watched);
    }
  }

  /** Whether those that came are smaller than those that went. */
  private void succeeded(List<Member> living) {
    for (Member member : living) {
      Watched watched = watched(member);
      OptionalLong fresh = firstBytes(member);
      if (watched.succeedsBytes().isEmpty() || fresh.isEmpty() || isStillCompared(member)) {
        continue;
      }
      long was = watched.succeedsBytes().getAsLong();
      workers.put(member.id(), watched.succeeding(false, OptionalLong.empty()));
      if (Growth.isWorthIt(was, fresh.getAsLong())) {
        futileInARow = 0;
      } else if (needsThatMuch(member).orElse(false)) {
        futileInARow++;
      }
      int toFreeze = settings.restraint().futileToFreeze();
      if (toFreeze > 0 && futileInARow >= toFreeze) {
        freeze(new Freeze.GivesNothingBack(futileInARow, was, fresh.getAsLong()));
      }
    }
  }

  /**
   * Whether a successor has its first size since its start, and not because it leaks as fast as the
   * one before: of that, replacing is the cure. Empty while its second reading is to come.
   */
  private Optional<Boolean> needsThatMuch(Member member) {
    Optional<Boolean> steady = watched(member).fresh().flatMap(Fresh::steady);
    boolean noneWillCome =
        member.ageMillis().isEmpty() || member.ageMillis().getAsLong() > BootWindow.UNTIL_MILLIS;
    return member.duty().bootBytes().isPresent() || (steady.isEmpty() && noneWillCome)
        ? Optional.of(true)
        : steady;
  }

  /**
   * Whether a successor is about as large as the one before, and it is not known yet if for good.
   * Until then it is let be, or a pool whose workers all need more than their limit would be
   * replaced for ever, each before anybody knows.
   */
  boolean isStillCompared(Member member) {
    OptionalLong was = watched(member).succeedsBytes();
    OptionalLong first = firstBytes(member);
    return was.isPresent()
        && first.isPresent()
        && !Growth.isWorthIt(was.getAsLong(), first.getAsLong())
        && needsThatMuch(member).isEmpty();
  }

  private void freeze(Freeze why) {
    if (frozen.isEmpty()) {
      frozen = Optional.of(why);
      notes.add(new PolicyNote.Frozen(why));
    }
  }

  private void hold(PolicyNote note) {
    if (topics.add(note.topic()) && !before.topics().contains(note.topic())) {
      notes.add(note);
    }
  }

  /** A topic of which this snapshot says nothing stays as it was. */
  void leaveAsItWas(String word) {
    before.topics().stream().filter(topic -> topic.startsWith(word)).forEach(topics::add);
  }

  /** Whether anything was said before that may have to be left as it was. */
  boolean saidSomething() {
    return !before.topics().isEmpty();
  }

  private void decide(Wish wish) {
    OptionalLong gives = wish.aboutMemory() ? wish.privateBytes() : OptionalLong.empty();
    boolean hard = wish.reason() instanceof Reason.OverHardLimit;
    workers.computeIfPresent(
        wish.worker(), (_, watched) -> watched.condemn(new Condemned(hard, gives)));
    lastDecisionMillis = OptionalLong.of(nowMillis);
    decisions.add(
        wish.reason() instanceof Reason.OverHardLimit over
            ? new Decision.HardLimit(wish.worker(), over)
            : new Decision.Retire(wish.worker(), wish.reason()));
  }

  /** Of one of this snapshot's workers. */
  Watched watched(Member member) {
    return Objects.requireNonNull(workers.get(member.id()));
  }

  /** What a worker needed before it had grown, empty where nobody saw it then. */
  OptionalLong bootBytes(Member member, Measure measure) {
    return measure == Measure.PRIVATE && member.duty().bootBytes().isPresent()
        ? member.duty().bootBytes()
        : watched(member).fresh().map(fresh -> fresh.boot(measure)).orElse(OptionalLong.empty());
  }

  /** What a successor has soon after its start, grown already or not. */
  private OptionalLong firstBytes(Member member) {
    return member.duty().bootBytes().isPresent()
        ? member.duty().bootBytes()
        : watched(member)
            .fresh()
            .map(fresh -> fresh.first().value(Measure.PRIVATE))
            .orElse(OptionalLong.empty());
  }

  int leaving() {
    int leaving = departures.size();
    for (Watched watched : workers.values()) {
      leaving += watched.condemned().isPresent() ? 1 : 0;
    }
    return leaving;
  }

  /** Whether there was a decision so recently that the next has to wait. */
  boolean within(long gapMillis) {
    return lastDecisionMillis.isPresent() && nowMillis - lastDecisionMillis.getAsLong() < gapMillis;
  }
}
