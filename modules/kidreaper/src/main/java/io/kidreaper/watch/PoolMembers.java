package io.kidreaper.watch;

import io.kidreaper.linux.trace.WorkerCheck;
import io.kidreaper.memory.Limit;
import io.kidreaper.policy.PolicySettings;
import io.kidreaper.pool.Duty;
import io.kidreaper.pool.Member;
import io.kidreaper.pool.Occupation;
import io.kidreaper.pool.ProcessId;
import io.kidreaper.pool.Snapshot;
import io.kidreaper.retire.Observer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * Who of a manager's children is a worker, and what it is at. Whom to look at more closely is
 * chosen here, since a look costs more than a reading. For the watching thread.
 */
final class PoolMembers implements PoolTurn.Eye {
  private static final long DOUBT_MILLIS = 10_000;

  private final Kernel kernel;
  private final Optional<Pattern> pattern;
  private final RequestCounters requests;
  private final Supplier<PolicySettings> limits;
  private final BooleanSupplier mayDecide;
  private final boolean looksAtAll;
  private List<ProcessId> seen = List.of();
  private boolean looksAgain;
  private long sortedMillis;
  private boolean wasRead;
  private Optional<ProcessId> between = Optional.empty();
  private final Map<ProcessId, String> others = new HashMap<>();
  private final Map<ProcessId, String> excluded = new HashMap<>();
  private final Occupations occupations;

  /**
   * @param pattern found in a worker's command line; empty for any
   * @param mayDecide whether anybody may be let go now
   * @param looksAtAll whether what everybody is at is to be known, for those who count it
   */
  PoolMembers(
      Kernel kernel,
      Observer observer,
      Optional<Pattern> pattern,
      RequestCounters requests,
      Supplier<PolicySettings> limits,
      BooleanSupplier mayDecide,
      boolean looksAtAll) {
    this.kernel = kernel;
    this.occupations = new Occupations(observer, kernel.proc());
    this.pattern = pattern;
    this.requests = requests;
    this.limits = limits;
    this.mayDecide = mayDecide;
    this.looksAtAll = looksAtAll;
  }

  /** A child that manages the pool in the manager's place. */
  Optional<ProcessId> managerBetween() {
    return between;
  }

  /** Members that are no workers, each with the reason. */
  Map<ProcessId, String> others() {
    return Map.copyOf(others);
  }

  /** From now on a member counts for no worker, until the pool is sorted anew. */
  void exclude(ProcessId member, String reason) {
    excluded.put(member, reason);
    others.put(member, reason);
  }

  /** Grows whenever a worker is found to be at something else. */
  long changes() {
    return occupations.changes();
  }

  Occupation occupation(ProcessId worker) {
    return occupations.of(worker);
  }

  @Override
  public Snapshot complete(Snapshot snapshot, boolean whole) {
    boolean changed = !isSeen(snapshot.members());
    if (changed) {
      seen = snapshot.members().stream().map(Member::id).toList();
      excluded.clear();
    }
    // A child may hold what its parent held until it runs its own program, so newcomers are looked
    // at once more; and a worker that has a child of its own for a while looks like a manager.
    if (changed || looksAgain || doubtsAgain()) {
      looksAgain = changed;
      sortedMillis = WatchLoop.nowMillis();
      sort(snapshot);
    }
    if (changed) {
      Set<ProcessId> ids = snapshot.ids();
      occupations.keepOnly(ids);
      requests.keepOnly(ids);
    }
    List<Member> members = workers(snapshot.members());
    boolean choosesByLimit = mayDecide.getAsBoolean() && severalOverLimit(members);
    // A look is some twenty times a reading; many pools that are found at once are read first.
    boolean looks = (whole && looksAtAll && wasRead) || asksOfAll();
    wasRead = true;
    List<Member> workers = new ArrayList<>(members.size());
    for (Member member : members) {
      workers.add(known(member, looks || (choosesByLimit && isOverLimit(member))));
    }
    return new Snapshot(snapshot.manager(), workers);
  }

  // Loops and no streams from here on: this runs for every worker of every pool at every tick.

  private boolean isSeen(List<Member> members) {
    if (members.size() != seen.size()) {
      return false;
    }
    for (int i = 0; i < members.size(); i++) {
      if (!members.get(i).id().equals(seen.get(i))) {
        return false;
      }
    }
    return true;
  }

  private List<Member> workers(List<Member> members) {
    if (others.isEmpty()) {
      return members;
    }
    List<Member> workers = new ArrayList<>(members.size());
    for (Member member : members) {
      if (!others.containsKey(member.id())) {
        workers.add(member);
      }
    }
    return workers;
  }

  private boolean severalOverLimit(List<Member> members) {
    int over = 0;
    for (Member member : members) {
      over += isOverLimit(member) ? 1 : 0;
    }
    return over > 1;
  }

  @Override
  public boolean isAtRest() {
    return !looksAgain && wasRead && others.isEmpty() && !asksOfAll();
  }

  private boolean doubtsAgain() {
    return others.size() > excluded.size() && WatchLoop.nowMillis() - sortedMillis >= DOUBT_MILLIS;
  }

  private void sort(Snapshot snapshot) {
    WorkerCheck check = new WorkerCheck(kernel.proc());
    between = check.managerBetween(snapshot);
    others.clear();
    others.putAll(check.others(snapshot));
    others.putAll(excluded);
    for (Member member : snapshot.members()) {
      int pid = member.id().pid();
      if (pattern.isPresent()
          && !pattern.get().matcher(String.join(" ", kernel.proc().arguments(pid))).find()) {
        others.putIfAbsent(member.id(), "its command line does not match '" + pattern.get() + "'");
      }
      if (limits.get().maxRequests().isPresent()
          && !others.containsKey(member.id())
          && requests.atLeast(member.id()).isEmpty()) {
        requests.adopted(member.id());
      }
    }
  }

  void close() {
    requests.close();
  }

  private Member known(Member member, boolean looks) {
    if (looks) {
      occupations.refresh(member.id());
    }
    Duty duty = member.duty();
    OptionalLong counted = requests.atLeast(member.id());
    Occupation occupation = occupation(member.id());
    if (duty.occupation() == occupation && duty.requests().equals(counted)) {
      return member;
    }
    return new Member(
        member.id(),
        member.memory(),
        member.ageMillis(),
        new Duty(occupation, counted, duty.stirs(), duty.bootBytes()));
  }

  /** Whether who is idle decides who goes, whatever each has. */
  private boolean asksOfAll() {
    PolicySettings now = limits.get();
    return now.budgetBytes().isPresent() || now.idleRetireMillis().isPresent();
  }

  private boolean isOverLimit(Member member) {
    Optional<Limit> limit = limits.get().limit();
    if (limit.isEmpty()) {
      return false;
    }
    OptionalLong value = member.value(limit.get().measure());
    return value.isPresent() && value.getAsLong() >= limit.get().bytes();
  }
}
