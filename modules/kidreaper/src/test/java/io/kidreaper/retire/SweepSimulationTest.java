package io.kidreaper.retire;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.policy.Verdict;
import io.kidreaper.pool.ProcessId;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Many made-up pools in which anything may go wrong at any moment. What no sweep may ever do is
 * checked after each. A failure names its seed: {@code -Dkidreaper.seed=N} runs that one alone.
 */
class SweepSimulationTest {
  private static final int POOLS = 4000;
  private static final long LIMIT = 100;
  private static final long ONE_LOOK_MILLIS = 2;

  @Test
  void noSweepEverBreaksItsPromises() {
    Long only = Long.getLong("kidreaper.seed");
    if (only != null) {
      simulate(only);
      return;
    }
    long first = new Random().nextLong(1_000_000_000);
    Map<SweepReport.Result, Integer> seen = new HashMap<>();
    for (long seed = first; seed < first + POOLS; seed++) {
      seen.merge(simulate(seed), 1, Integer::sum);
    }
    assertThat(seen).as("every kind of end was met").containsKeys(SweepReport.Result.values());
  }

  private static SweepReport.Result simulate(long seed) {
    Random random = new Random(seed);
    FakePool pool = new FakePool();
    Map<ProcessId, Long> listed = new HashMap<>();
    int workers = random.nextInt(12);
    for (int pid = 20; pid < 20 + workers; pid++) {
      long bytes = random.nextInt(200);
      FakeWorker worker = pool.worker(pid, bytes);
      listed.put(worker.id(), bytes);
      trouble(worker, random);
    }
    if (random.nextInt(3) == 0) {
      pool.cancelAt(1 + random.nextInt(60));
    }
    if (random.nextInt(3) == 0) {
      pool.loseManagerAt(2 + random.nextInt(60));
    }
    pool.readsTake(random.nextInt(30));
    SweepPlan plan =
        FakePool.plan(
            LIMIT,
            Duration.ofMillis(random.nextInt(3) * 700L),
            Duration.ofMillis(random.nextInt(2000)),
            random.nextInt(4) == 0 ? Escalation.KILL : Escalation.NONE,
            random.nextInt(4) == 0);

    SweepReport report = pool.sweep(plan);

    try {
      check(pool, plan, listed, report);
    } catch (AssertionError broken) {
      throw new AssertionError("-Dkidreaper.seed=" + seed + " breaks a promise", broken);
    }
    return report.result();
  }

  private static void trouble(FakeWorker worker, Random random) {
    worker.leavesAfter(random.nextInt(600)).replacedAfter(random.nextInt(300));
    switch (random.nextInt(24)) {
      case 0 -> worker.ignoresSignals();
      case 1 -> worker.neverReplaced();
      case 2 -> worker.pidReused();
      case 3 -> worker.adoptedBy(1);
      case 4 -> worker.openRefused("EMFILE");
      case 5 -> worker.signalRefused("EPERM");
      case 6 -> worker.vanishedWhileRead();
      case 7 -> worker.unreadable("EACCES");
      case 8 -> worker.endsAt(1 + random.nextInt(3000));
      case 9 -> worker.withoutDetailBeforeItsSignal();
      case 10 -> worker.leavesAfter(random.nextInt(5000));
      case 11 -> worker.busyUntil(random.nextInt(4000));
      case 12 -> worker.busyFrom(random.nextInt(4000));
      case 13 -> worker.from(random.nextInt(2000), new Activity.Between());
      case 14 -> worker.from(random.nextInt(2000), new Activity.Suspended("stopped"));
      case 15 -> worker.ignoresKill();
      case 16 -> worker.from(random.nextInt(2000), new Activity.Unclear("EACCES"));
      default -> {}
    }
  }

  private static void check(
      FakePool pool, SweepPlan plan, Map<ProcessId, Long> listed, SweepReport report) {
    long lastMillis = Long.MIN_VALUE / 2;
    for (FakePool.Delivered sent : pool.signals) {
      assertThat(listed).as("only members get a signal").containsKey(sent.to());
      assertThat(listed.getOrDefault(sent.to(), 0L))
          .as("only those over the limit")
          .isGreaterThanOrEqualTo(LIMIT);
      boolean kill = sent.signal() == Signal.KILL;
      if (kill) {
        assertThat(plan.manner().escalation()).isEqualTo(Escalation.KILL);
      } else {
        assertThat(sent.signal()).isEqualTo(plan.manner().signal());
      }
      assertThat(sent.busy() && !plan.manner().anyMoment())
          .as("none while it serves, unless any moment was asked for")
          .isFalse();
      assertThat(sent.cancelled()).as("none after an interruption").isFalse();
      assertThat(sent.managerLost()).as("none after the manager is lost").isFalse();
      assertThat(sent.parentPid()).as("only children").isEqualTo(FakePool.MANAGER.pid());
      assertThat(kill || sent.atMillis() - lastMillis >= plan.pause().toMillis())
          .as("the pause is kept")
          .isTrue();
      lastMillis = sent.atMillis();
    }
    assertThat(pool.signals.stream().map(sent -> sent.signal() + " " + sent.to()))
        .as("none gets the same twice")
        .doesNotHaveDuplicates();
    assertThat(report.workers()).as("everybody is accounted for").hasSize(listed.size());
    long stuck = 0;
    for (SweepReport.WorkerReport worker : report.workers()) {
      ProcessId id = worker.verdict().member().id();
      boolean signalled = pool.signals.stream().anyMatch(sent -> sent.to().equals(id));
      assertThat(worker.outcome().signalled())
          .as("the report says who got a signal: %s %s", id, worker.outcome())
          .isEqualTo(signalled);
      if (!(worker.verdict() instanceof Verdict.Retire)) {
        assertThat(signalled).as("%s", worker.verdict()).isFalse();
      }
      if (worker.outcome() instanceof Outcome.StillThere(var signals, long waited, _)) {
        stuck++;
        assertThat(signals.kill().isPresent())
            .as("the report says who was killed: %s", id)
            .isEqualTo(
                pool.signals.stream()
                    .anyMatch(sent -> sent.to().equals(id) && sent.signal() == Signal.KILL));
        Manner manner = plan.manner();
        long grace = manner.grace().toMillis();
        long least = signals.kill().isPresent() ? 2 * grace : grace;
        long most =
            manner.escalation() == Escalation.NONE
                ? grace
                : 2 * grace + manner.patience().toMillis() + ONE_LOOK_MILLIS;
        assertThat(waited).as("no longer than promised").isLessThanOrEqualTo(most);
        assertThat(pool.cancelled() || waited >= least).as("it had its whole grace").isTrue();
      }
    }
    long stuckInAll = stuck;
    assertThat(pool.signals)
        .as("one drains at a time, but for those that outstayed their grace")
        .allMatch(sent -> sent.drainingOthers() <= stuckInAll);
    assertThat(report.signalled())
        .isEqualTo(pool.signals.stream().map(FakePool.Delivered::to).distinct().count());
    assertThat(report.result() == SweepReport.Result.MANAGER_LOST)
        .isEqualTo(report.managerLost().isPresent());
    if (report.result() == SweepReport.Result.DONE) {
      assertThat(report.workers())
          .as("done means that all over the limit have been retired, or went by themselves")
          .filteredOn(worker -> worker.verdict() instanceof Verdict.Retire)
          .allMatch(worker ->
              worker.outcome() instanceof Outcome.Retired
                  || worker.outcome() instanceof Outcome.Vanished);
    }
  }
}
