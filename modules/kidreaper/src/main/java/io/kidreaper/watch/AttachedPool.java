package io.kidreaper.watch;

import io.kidreaper.linux.CpuBudget;
import io.kidreaper.linux.FirstLooks;
import io.kidreaper.linux.Taken;
import io.kidreaper.linux.trace.PeekObserver;
import io.kidreaper.memory.Limit;
import io.kidreaper.policy.Freeze;
import io.kidreaper.policy.PolicyNote;
import io.kidreaper.policy.PolicySettings;
import io.kidreaper.policy.PolicyState;
import io.kidreaper.policy.PoolPolicy;
import io.kidreaper.policy.Reason;
import io.kidreaper.policy.Report;
import io.kidreaper.pool.PoolReading;
import io.kidreaper.pool.ProcessId;
import io.kidreaper.retire.Outcome;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * One pool that somebody else manages, over all managers that come and go. For the watching thread,
 * save {@link #view}.
 */
final class AttachedPool implements AutoCloseable, PoolTurn.Actor, Leavers.Told {
  private static final int TURNS_TO_KNOW = 3;

  /** What all pools of one watch share. */
  record Shared(
      Kernel kernel,
      CpuBudget budget,
      RetireDesk desk,
      Bulletin bulletin,
      Consumer<Runnable> loop,
      Hurry hurry,
      boolean looksAtAll) {}

  /** Has a pool looked at before its next tick. */
  @FunctionalInterface
  interface Hurry {
    /**
     * @param atMillis when, at the latest
     */
    void soon(String pool, long atMillis);
  }

  private final Shared shared;
  private final Search search;
  private final Leavers leavers;
  private final WorkerViews workerViews = new WorkerViews();
  private AttachedSettings settings;
  private final Orders orders = new Orders();
  private Optional<Attachment> attachment = Optional.empty();
  private PolicyState state = PolicyState.of(ThreadLocalRandom.current().nextLong());
  private SortedMap<String, Long> decidedBefore = new TreeMap<>();
  private Tally tally = Tally.NONE;
  private Optional<String> unreadable = Optional.empty();
  private String command = "";
  private long readings;
  private long readingNanos;
  private boolean stretched;
  private boolean lastWasWhole;
  private long turns;
  private PoolView.State lastState = PoolView.State.AWAY;
  private long stateSinceMillis;
  private volatile PoolView view;

  AttachedPool(Shared shared, AttachedSettings settings, long nowMillis) {
    this.shared = shared;
    this.settings = settings;
    this.search = new Search(ManagerSources.of(settings.where(), shared.kernel()));
    this.leavers = new Leavers(shared.desk(), shared.loop(), this);
    this.stateSinceMillis = nowMillis;
    this.view = makeView(nowMillis);
  }

  AttachedSettings settings() {
    return settings;
  }

  /** What it was at its last turn. Safe from any thread. */
  PoolView view() {
    return view;
  }

  /** What a worker's memory was when it was first looked at. */
  Optional<FirstLooks.First> firstLook(int pid) {
    return attachment.flatMap(there -> there.turn().firstLook(pid));
  }

  /** CPU time that readings of it have taken so far. */
  long readingNanos() {
    return readingNanos;
  }

  /** Whether it had its first turns, in which it is found out who its workers are. */
  boolean isKnown() {
    return turns >= TURNS_TO_KNOW;
  }

  /** Whether its last turn read everybody in detail. */
  boolean lastWasWhole() {
    return lastWasWhole;
  }

  /** Whether it is away and cannot come back. */
  boolean isOver() {
    return search.isOver();
  }

  /** Other settings for a pool at the same place. */
  void follow(AttachedSettings other) {
    boolean readsOtherwise =
        !other.every().equals(settings.every()) || !other.members().equals(settings.members());
    settings = other;
    orders.settingsChanged();
    if (readsOtherwise && attachment.isPresent()) {
      detach();
    }
  }

  /**
   * Looks at the pool.
   *
   * @return how long until the next look, in milliseconds
   */
  long turn(long nowMillis) {
    turns++;
    try {
      return attachment.isPresent() ? look(attachment.get(), nowMillis) : seek(nowMillis);
    } finally {
      view = makeView(nowMillis);
    }
  }

  private long seek(long nowMillis) {
    Optional<String> before = search.reason();
    return switch (search.look(nowMillis)) {
      case ManagerSource.Found.Away(String reason, boolean never) -> {
        if (!before.equals(Optional.of(reason))) {
          tell("away", "is away: " + reason + (never ? ", and cannot come back" : ""));
        }
        yield search.nextMillis();
      }
      case ManagerSource.Found.Here here -> {
        attach(here);
        yield look(attachment.orElseThrow(), nowMillis);
      }
    };
  }

  private void attach(ManagerSource.Found.Here here) {
    command = here.command();
    open(here.manager(), here.namedNow());
    tell("found", "found: process %d, %s".formatted(here.manager().pid(), here.command()));
  }

  private void open(ProcessId manager, Supplier<OptionalInt> namedNow) {
    // Workers of another manager are others; that it is frozen is about the pool.
    state =
        new PolicyState(
            state.seed(),
            Map.of(),
            List.of(),
            0,
            OptionalLong.empty(),
            state.frozen(),
            state.topics());
    orders.managerChanged();
    attachment =
        Optional.of(
            new Attachment(
                shared.kernel(),
                shared.budget(),
                new PeekObserver(),
                manager,
                namedNow,
                settings,
                this::limits,
                this::mayDecide,
                shared.looksAtAll(),
                state,
                this,
                (kind, text) -> tell(kind, text)));
  }

  private long look(Attachment there, long nowMillis) {
    Optional<String> lost = there.watch().lost();
    if (lost.isPresent()) {
      return lose(lost.get());
    }
    Taken taken = there.turn().take(limits(), nowMillis);
    readings++;
    readingNanos += taken.cpuNanos();
    lastWasWhole = taken.whole();
    there.turn().tellPace(taken, nowMillis);
    stretched = taken.stretched();
    switch (taken.reading()) {
      case PoolReading.ManagerGone(String reason) -> {
        return lose(reason);
      }
      case PoolReading.Unreadable(String reason) -> {
        if (!unreadable.equals(Optional.of(reason))) {
          unreadable = Optional.of(reason);
          tell("unreadable", "its workers cannot be listed: " + reason);
        }
      }
      case PoolReading.Read _ -> unreadable = Optional.empty();
    }
    Optional<ProcessId> between = there.members().managerBetween();
    if (between.isPresent() && leavers.count() == 0) {
      descend(there, between.get());
    }
    return nextMillis(there, taken.nextMillis(), nowMillis);
  }

  /** At its next tick, or when somebody who is held back by the gap alone may go. */
  private long nextMillis(Attachment there, long tickMillis, long nowMillis) {
    OptionalLong decision = there.turn().nextDecisionMillis(nowMillis);
    return leavers.count() == 0 && decision.isPresent() && decision.getAsLong() > nowMillis
        ? Math.min(tickMillis, decision.getAsLong() - nowMillis)
        : tickMillis;
  }

  /** A wrapper, a master or a mold stands between: its children are the workers. */
  private void descend(Attachment there, ProcessId manager) {
    int named = there.manager().pid();
    Supplier<OptionalInt> above = there.namedNow();
    detach();
    if (ManagerSources.checked(shared.kernel(), manager.pid())
        instanceof ManagerSource.Found.Here(ProcessId _, String its, _)) {
      command = its;
    }
    tell("found", "its workers are children of process " + manager.pid());
    open(
        manager,
        () -> {
          OptionalInt now = above.get();
          return now.isPresent() && now.getAsInt() == named ? OptionalInt.of(manager.pid()) : now;
        });
  }

  private long lose(String reason) {
    detach();
    search.lost(reason);
    tell("away", "is away: " + reason);
    return Math.min(search.nextMillis(), settings.every().toMillis());
  }

  private void detach() {
    attachment.ifPresent(there -> {
      state = there.turn().state();
      there.turn().decided().forEach((word, count) -> decidedBefore.merge(word, count, Long::sum));
      there.close();
    });
    attachment = Optional.empty();
    leavers.forget();
    workerViews.clear();
  }

  private PolicySettings limits() {
    return orders.actedOn(settings.limits());
  }

  /** Whether the policy may let somebody go now, so that it matters who is idle. */
  private boolean mayDecide() {
    return leavers.count() < settings.limits().restraint().atMostLeaving();
  }

  @Override
  public boolean retire(ProcessId worker, Reason reason) {
    if (settings.dryRun()) {
      tell(
          "would-retire",
          "worker %d would be retired: %s".formatted(worker.pid(), reason.text()),
          worker);
      return true;
    }
    begin(worker, reason.word(), reason.text());
    return true;
  }

  @Override
  public boolean hardLimit(ProcessId worker, Reason.OverHardLimit reason, long nowMillis) {
    // Whom to kill with a request in its hands is the business of a pool's own manager alone.
    return retire(worker, reason);
  }

  /** A person wants a worker to go; says why not. */
  Optional<String> retireByHand(int pid) {
    if (attachment.isEmpty()) {
      return Optional.of("the pool is away");
    }
    Optional<PoolView.Worker> worker =
        view.workers().stream().filter(it -> it.id().pid() == pid).findFirst();
    if (worker.isEmpty()) {
      return Optional.of("process " + pid + " is no worker of this pool");
    }
    if (settings.dryRun()) {
      return Optional.of("this pool is watched with dry-run: nobody is signalled");
    }
    if (leavers.reason(worker.get().id()).isPresent()) {
      return Optional.of("worker " + pid + " is on its way out already");
    }
    begin(worker.get().id(), "person", "asked for at the control socket");
    return Optional.empty();
  }

  private void begin(ProcessId worker, String word, String reason) {
    tell("retiring", "worker %d is to go: %s".formatted(worker.pid(), reason), worker);
    leavers.begin(attachment.orElseThrow(), worker, word, reason, settings.asking());
  }

  @Override
  public void refused(String reason) {
    if (orders.keepHandsOff(reason)) {
      tell("hands-off", "is only measured: " + reason);
    }
  }

  @Override
  public void came(Attachment there, ProcessId worker, String word, Outcome outcome) {
    tally = tally.with(word, outcome);
    tell(OutcomeWords.kind(outcome), OutcomeWords.text(worker, outcome), worker);
    boolean same = attachment.equals(Optional.of(there));
    if (same) {
      leavers.over(worker);
    }
    long nowMillis = WatchLoop.nowMillis();
    switch (outcome) {
      case Outcome.ManagerLost(_, _, String reason) -> {
        // Whether or not it is the loop that saw the manager go first, or another is there already.
        hear(new Report.ManagerLost(reason));
      }
      case Outcome.NotAWorker(String reason) -> {
        if (same) {
          there.members().exclude(worker, reason);
        }
      }
      case Outcome.NotSignalled _,
          Outcome.StillThere _,
          Outcome.Unreadable _,
          Outcome.Kept _,
          Outcome.WouldRetire _ -> {
        if (same) {
          there.turn().hear(new Report.Stayed(worker), nowMillis);
        }
      }
      case Outcome.Retired _, Outcome.NotReplaced _, Outcome.Vanished _ -> {
        if (same) {
          // Several that are over their limit go one after another, and not one at each tick.
          there
              .turn()
              .nextDecisionMillis(nowMillis)
              .ifPresent(at -> shared.hurry().soon(settings.name(), at));
        }
      }
    }
    view = makeView(nowMillis);
  }

  /** A person says that the pool is to be acted on again. */
  boolean resume() {
    boolean was = orders.resume();
    if (isFrozen()) {
      hear(new Report.Resumed());
      return true;
    }
    if (was) {
      tell("resumed", "resumed");
    }
    return was;
  }

  /** A person says that the pool is not to be acted on; who has its signal may leave. */
  boolean pause() {
    if (!orders.pause()) {
      return false;
    }
    leavers.cancel();
    tell("paused", "paused: it is measured, and nobody is retired");
    return true;
  }

  /** From now on a worker may cost so much. */
  void limit(long bytes) {
    Limit limit = orders.limit(settings.limits(), bytes);
    tell("limit", "from now on a worker may cost " + limit);
  }

  private void hear(Report report) {
    long nowMillis = WatchLoop.nowMillis();
    if (attachment.isPresent()) {
      attachment.get().turn().hear(report, nowMillis);
      return;
    }
    var step = new PoolPolicy(settings.limits()).hear(state, report, nowMillis);
    state = step.state();
    step.notes().forEach(note -> tell(note.topic().split(" ", 2)[0], note.text()));
  }

  private Optional<Freeze> frozen() {
    return attachment.map(it -> it.turn().state()).orElse(state).frozen();
  }

  private boolean isFrozen() {
    return frozen().isPresent();
  }

  private PoolView makeView(long nowMillis) {
    PoolView.State now = stateNow();
    if (now != lastState) {
      lastState = now;
      stateSinceMillis = nowMillis;
    }
    SortedMap<String, Long> decided = new TreeMap<>(decidedBefore);
    attachment.ifPresent(there ->
        there.turn().decided().forEach((word, count) -> decided.merge(word, count, Long::sum)));
    return new PoolView(
        settings.name(),
        now,
        why(now),
        stateSinceMillis,
        settings.where().words(),
        attachment.map(Attachment::manager),
        attachment.map(_ -> command),
        attachment.map(this::workers).orElse(List.of()),
        orders.said(settings.limits()),
        settings.dryRun(),
        decided,
        tally,
        readings,
        readingNanos,
        stretched);
  }

  private PoolView.State stateNow() {
    return isFrozen()
        ? PoolView.State.FROZEN
        : orders.isPaused()
            ? PoolView.State.PAUSED
            : attachment.isEmpty()
                ? PoolView.State.AWAY
                : orders.handsOff().isPresent() ? PoolView.State.HANDS_OFF : PoolView.State.WATCHED;
  }

  private Optional<String> why(PoolView.State now) {
    return switch (now) {
      case WATCHED -> unreadable;
      case PAUSED -> Optional.of("by a person");
      case AWAY -> search.reason().or(() -> Optional.of("it was not looked for yet"));
      case HANDS_OFF -> orders.handsOff();
      case FROZEN -> frozen().map(freeze -> new PolicyNote.Frozen(freeze).text());
    };
  }

  private List<PoolView.Worker> workers(Attachment there) {
    return workerViews.of(there.turn().measured(), there.members(), leavers);
  }

  private void tell(String kind, String text) {
    shared.bulletin().tell(Optional.of(settings.name()), kind, text, OptionalInt.empty());
  }

  private void tell(String kind, String text, ProcessId worker) {
    shared.bulletin().tell(Optional.of(settings.name()), kind, text, OptionalInt.of(worker.pid()));
  }

  /** Lets go of everything; who retires now is let be where it has no signal yet. */
  @Override
  public void close() {
    detach();
    search.close();
  }
}
