package io.kidreaper.retire;

import static io.kidreaper.retire.FakePool.plan;
import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.pool.PoolReading;
import io.kidreaper.pool.ProcessId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many workers and a limit of 100 bytes. */
class SweepTest {
  private final FakePool pool = new FakePool();

  private List<Integer> signalledPids() {
    return pool.signals.stream().map(sent -> sent.to().pid()).toList();
  }

  private static Map<Integer, Outcome> outcomes(SweepReport report) {
    return report.workers().stream()
        .collect(Collectors.toMap(w -> w.verdict().member().id().pid(), w -> w.outcome()));
  }

  @Test
  void onlyThoseAtOrOverTheLimitGoTheLargestFirst() {
    pool.worker(20, 99);
    pool.worker(21, 100);
    pool.worker(22, 300);
    pool.worker(23, 200);

    SweepReport report = pool.sweep(plan(100));

    assertThat(signalledPids()).containsExactly(22, 23, 21);
    assertThat(outcomes(report).get(20)).isEqualTo(new Outcome.Kept());
    assertThat(report.result()).isEqualTo(SweepReport.Result.DONE);
    assertThat(report.overLimit()).isEqualTo(3);
    assertThat(report.signalled()).isEqualTo(3);
    assertThat(report.retired()).isEqualTo(3);
    assertThat(report.givenBackBytes()).isEqualTo(600);
    assertThat(report.interrupted()).isFalse();
    assertThat(report.managerLost()).isEmpty();
  }

  @Test
  void thoseThatAreIdleGoBeforeThoseThatAreBusy() {
    pool.worker(20, 300).busyUntil(1000);
    pool.worker(21, 150);
    pool.worker(22, 200);

    pool.sweep(plan(100));

    assertThat(signalledPids()).containsExactly(22, 21, 20);
    assertThat(pool.signals).noneMatch(FakePool.Delivered::busy);
  }

  @Test
  void oneLeavesAndIsReplacedBeforeTheNextIsAsked() {
    pool.worker(20, 300).leavesAfter(1000).replacedAfter(500);
    pool.worker(21, 200).leavesAfter(1000).replacedAfter(500);

    pool.sweep(plan(100));

    assertThat(pool.signals.get(1).drainingOthers()).isZero();
    assertThat(pool.signals.get(1).atMillis()).isGreaterThanOrEqualTo(1500);
  }

  @Test
  void thePauseIsFromSignalToSignalHoweverLongTheLookBeforeTakes() {
    pool.readsTake(700);
    pool.worker(20, 300).leavesAfter(4000);
    pool.worker(21, 200).leavesAfter(0);
    pool.worker(22, 150).leavesAfter(0);

    pool.sweep(plan(100, Duration.ofSeconds(10), Duration.ofSeconds(60)));

    List<Long> times = pool.signals.stream().map(FakePool.Delivered::atMillis).toList();
    assertThat(times).hasSize(3);
    assertThat(times.get(1) - times.get(0)).isBetween(10_000L, 10_700L);
    assertThat(times.get(2) - times.get(1)).isBetween(10_000L, 10_700L);
    assertThat(pool.progress).anyMatch(line -> line.startsWith("pausing "));
  }

  @Test
  void aWorkerThatTookLongerThanThePauseIsFollowedByTheNextAtOnce() {
    pool.worker(20, 300).leavesAfter(15_000).replacedAfter(0);
    pool.worker(21, 200);

    pool.sweep(plan(100, Duration.ofSeconds(10), Duration.ofSeconds(60)));

    assertThat(pool.signals.get(1).atMillis()).isEqualTo(15_000);
    assertThat(pool.progress).noneMatch(line -> line.startsWith("pausing"));
  }

  @Test
  void nobodyPausesAfterAWorkerThatGotNoSignal() {
    pool.worker(20, 300).signalRefused("EPERM");
    pool.worker(21, 200).pidReused();
    pool.worker(22, 150);

    SweepReport report = pool.sweep(plan(100, Duration.ofSeconds(10), Duration.ofSeconds(60)));

    assertThat(signalledPids()).containsExactly(22);
    assertThat(pool.signals.getFirst().atMillis()).isZero();
    assertThat(report.result()).isEqualTo(SweepReport.Result.INCOMPLETE);
    assertThat(report.retired()).isOne();
  }

  @Test
  void oneThatStaysDoesNotKeepTheOthersFromTheirTurn() {
    pool.worker(20, 300).ignoresSignals();
    pool.worker(21, 200);

    SweepReport report = pool.sweep(plan(100, Duration.ZERO, Duration.ofSeconds(5)));

    assertThat(outcomes(report).get(20)).isInstanceOf(Outcome.StillThere.class);
    assertThat(outcomes(report).get(21)).isInstanceOf(Outcome.Retired.class);
    assertThat(report.result()).isEqualTo(SweepReport.Result.INCOMPLETE);
  }

  /** Else one late replacement would stand for two workers, and the pool be one short. */
  @Test
  void aReplacementThatComesTooLateIsNotTheNextWorkers() {
    pool.worker(20, 300).leavesAfter(0).replacedAfter(6000);
    pool.worker(21, 200).leavesAfter(0).neverReplaced();

    SweepReport report = pool.sweep(plan(100, Duration.ofSeconds(10), Duration.ofSeconds(5)));

    assertThat(outcomes(report).get(20)).isInstanceOf(Outcome.NotReplaced.class);
    assertThat(outcomes(report).get(21)).isInstanceOf(Outcome.NotReplaced.class);
  }

  @Test
  void everyWorkerHasAReplacementOfItsOwn() {
    for (int pid = 20; pid < 30; pid++) {
      pool.worker(pid, 300);
    }

    SweepReport report = pool.sweep(plan(100));

    assertThat(outcomes(report).values())
        .allSatisfy(outcome -> assertThat(outcome).isInstanceOf(Outcome.Retired.class))
        .extracting(outcome -> ((Outcome.Retired) outcome).replacement().id())
        .doesNotHaveDuplicates();
  }

  @Test
  void afterTheManagerIsLostNobodyElseIsSignalled() {
    pool.worker(20, 300).leavesAfter(5000);
    pool.worker(21, 200);
    pool.worker(22, 150);
    pool.worker(23, 1);
    pool.loseManagerAtMillis(1000);

    SweepReport report = pool.sweep(plan(100));

    assertThat(signalledPids()).containsExactly(20);
    assertThat(report.result()).isEqualTo(SweepReport.Result.MANAGER_LOST);
    assertThat(report.managerLost()).contains(FakePool.LOST);
    assertThat(outcomes(report).get(20)).isInstanceOf(Outcome.ManagerLost.class);
    Outcome left = new Outcome.NotSignalled(Outcome.Why.MANAGER_LOST, FakePool.LOST);
    assertThat(outcomes(report)).containsEntry(21, left).containsEntry(22, left);
    assertThat(outcomes(report)).containsEntry(23, new Outcome.Kept());
  }

  @Test
  void aManagerLostBeforeAnySignalIsToldApart() {
    pool.worker(20, 300);
    pool.loseManagerAt(2);

    SweepReport report = pool.sweep(plan(100));

    assertThat(report.result()).isEqualTo(SweepReport.Result.MANAGER_LOST);
    assertThat(report.signalled()).isZero();
  }

  @Test
  void aDryRunOnlyLooks() {
    pool.worker(20, 300);
    pool.worker(21, 50);

    SweepReport report = pool.sweep(FakePool.dryRun(100));

    assertThat(pool.signals).isEmpty();
    assertThat(pool.questions()).as("the pool was read, and that is all").isOne();
    assertThat(outcomes(report))
        .containsEntry(20, new Outcome.WouldRetire())
        .containsEntry(21, new Outcome.Kept());
    assertThat(report.result()).isEqualTo(SweepReport.Result.DONE);
    assertThat(report.overLimit()).isOne();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aChildThatIsNoWorkerIsLeftAloneAndThatIsNoFault(boolean dryRun) {
    pool.other(pool.worker(20, 500).id(), "it is a helper");
    pool.worker(21, 300);

    SweepReport report = pool.sweep(dryRun ? FakePool.dryRun(100) : plan(100));

    assertThat(signalledPids()).isEqualTo(dryRun ? List.of() : List.of(21));
    assertThat(outcomes(report)).containsEntry(20, new Outcome.NotAWorker("it is a helper"));
    assertThat(report.result()).isEqualTo(SweepReport.Result.DONE);
  }

  @Test
  void oneThatEndedWhileItWasReadIsNoFault() {
    pool.worker(20, 300).vanishedWhileRead();
    pool.worker(21, 50);

    SweepReport report = pool.sweep(plan(100));

    assertThat(outcomes(report)).containsEntry(20, new Outcome.Vanished());
    assertThat(report.result()).isEqualTo(SweepReport.Result.DONE);
    assertThat(report.overLimit()).isZero();
  }

  @Test
  void oneThatCouldNotBeReadIsLeftAloneAndSaid() {
    pool.worker(20, 300).unreadable("EACCES");
    pool.worker(21, 200);

    SweepReport report = pool.sweep(plan(100));

    assertThat(signalledPids()).containsExactly(21);
    assertThat(outcomes(report)).containsEntry(20, new Outcome.Unreadable("EACCES"));
    assertThat(report.unreadable()).isOne();
    assertThat(report.result()).isEqualTo(SweepReport.Result.UNREADABLE);
  }

  @Test
  void anInterruptionEndsThePauseAndLeavesTheRest() {
    pool.worker(20, 300).leavesAfter(0).replacedAfter(0);
    pool.worker(21, 200);
    pool.cancelAtMillis(1000);

    SweepReport report = pool.sweep(plan(100, Duration.ofSeconds(10), Duration.ofSeconds(60)));

    assertThat(signalledPids()).containsExactly(20);
    assertThat(pool.millis()).isLessThan(2000);
    assertThat(outcomes(report).get(21))
        .isInstanceOfSatisfying(
            Outcome.NotSignalled.class,
            left -> assertThat(left.why()).isEqualTo(Outcome.Why.INTERRUPTED));
    assertThat(report.interrupted()).isTrue();
    assertThat(report.result()).isEqualTo(SweepReport.Result.INTERRUPTED);
  }

  @Test
  void anInterruptionWhileOneDrainsTellsHowLongItHas() {
    pool.worker(20, 300).ignoresSignals();
    pool.cancelAtMillis(500);

    SweepReport report = pool.sweep(plan(100));

    assertThat(outcomes(report).get(20))
        .isInstanceOfSatisfying(
            Outcome.StillThere.class,
            there -> assertThat(there.waitedMillis()).isBetween(500L, 600L));
    assertThat(report.result()).isEqualTo(SweepReport.Result.INTERRUPTED);
  }

  @Test
  void anInterruptionAtAnyMomentMeansNoFurtherSignal() {
    int all = questionsOfAWholeSweep();
    for (int question = 1; question <= all; question++) {
      FakePool interrupted = threeGrown().cancelAt(question);

      SweepReport report =
          interrupted.sweep(plan(100, Duration.ofMillis(50), Duration.ofSeconds(1)));

      assertThat(interrupted.signals)
          .as("interrupted at question %d of %d", question, all)
          .allMatch(sent -> !sent.cancelled());
      assertThat(report.signalled()).isEqualTo(interrupted.signals.size());
      if (interrupted.signals.size() < 3) {
        assertThat(report.result()).isEqualTo(SweepReport.Result.INTERRUPTED);
      }
    }
  }

  @Test
  void aManagerLostAtAnyMomentMeansNoFurtherSignal() {
    int all = questionsOfAWholeSweep();
    for (int question = 2; question <= all; question++) {
      FakePool lost = threeGrown().loseManagerAt(question);

      SweepReport report = lost.sweep(plan(100, Duration.ofMillis(50), Duration.ofSeconds(1)));

      assertThat(lost.signals)
          .as("manager lost at question %d of %d", question, all)
          .allMatch(sent -> !sent.managerLost());
      if (lost.signals.size() < 3) {
        assertThat(report.result()).isEqualTo(SweepReport.Result.MANAGER_LOST);
      }
    }
  }

  private static int questionsOfAWholeSweep() {
    FakePool whole = threeGrown();
    whole.sweep(plan(100, Duration.ofMillis(50), Duration.ofSeconds(1)));
    assertThat(whole.signals).hasSize(3);
    return whole.questions();
  }

  private static FakePool threeGrown() {
    FakePool grown = new FakePool().readsTake(3);
    grown.worker(20, 300).leavesAfter(120).replacedAfter(30);
    grown.worker(21, 200).leavesAfter(0).replacedAfter(0);
    grown.worker(22, 150);
    return grown;
  }

  @Test
  void aPoolThatCannotBeReadIsNoEmptyPool() {
    assertThat(new FakePool().answers(new PoolReading.Unreadable("EACCES")).run(plan(100)))
        .isEqualTo(new Sweep.Result.NoPool("EACCES"));
    assertThat(new FakePool().answers(new PoolReading.ManagerGone("ended")).run(plan(100)))
        .isEqualTo(new Sweep.Result.NoPool("ended"));
  }

  @Test
  void aPoolWithoutWorkersIsDone() {
    SweepReport report = pool.sweep(plan(100));

    assertThat(report.workers()).isEmpty();
    assertThat(report.manager()).isEqualTo(new ProcessId(10, 1));
    assertThat(report.result()).isEqualTo(SweepReport.Result.DONE);
  }
}
