package io.kidreaper.retire;

import static io.kidreaper.retire.FakePool.plan;
import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.pool.ProcessId;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One worker over the limit of 100 bytes, from the signal to its replacement. */
class RetirementTest {
  private final FakePool pool = new FakePool();

  private static SweepPlan patience(long graceMillis) {
    return plan(100, Duration.ZERO, Duration.ofMillis(graceMillis));
  }

  private Outcome outcome(SweepPlan plan) {
    SweepReport report = pool.sweep(plan);
    assertThat(report.workers()).hasSize(1);
    return report.workers().getFirst().outcome();
  }

  @Test
  void isFollowedFromItsSignalToItsReplacement() {
    pool.worker(20, 300).leavesAfter(1234).replacedAfter(75);

    Outcome outcome = outcome(patience(60_000));

    assertThat(pool.signals).extracting(FakePool.Delivered::signal).containsExactly(Signal.HUP);
    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Retired.class,
            retired -> {
              assertThat(retired.exitMillis()).isEqualTo(1234);
              assertThat(retired.givenBackBytes()).hasValue(300);
              assertThat(retired.replacement().id()).isEqualTo(new ProcessId(1000, 6000));
              assertThat(retired.replacement().afterMillis()).isBetween(75L, 175L);
              assertThat(retired.replacement().memory()).isEqualTo(FakeWorker.sample(5));
            });
  }

  @Test
  void aQuickReplacementIsSeenQuickly() {
    pool.worker(20, 300).leavesAfter(0).replacedAfter(0);

    assertThat(outcome(patience(60_000)))
        .isInstanceOfSatisfying(
            Outcome.Retired.class,
            retired -> {
              assertThat(retired.exitMillis()).isZero();
              assertThat(retired.replacement().afterMillis()).isZero();
            });
  }

  @Test
  void whatItGivesBackIsUnknownWhereItCouldNotBeRead() {
    pool.worker(20, 300).withoutDetailBeforeItsSignal();

    assertThat(outcome(patience(60_000)))
        .isInstanceOfSatisfying(
            Outcome.Retired.class, retired -> assertThat(retired.givenBackBytes()).isEmpty());
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 99, 100, 101, 250, 60_000})
  void oneThatIgnoresItsSignalIsStillThereAfterExactlyTheGrace(long graceMillis) {
    pool.worker(20, 300).ignoresSignals();

    assertThat(outcome(patience(graceMillis))).isEqualTo(new Outcome.StillThere(graceMillis));
    assertThat(pool.signals).hasSize(1);
    assertThat(pool.millis()).isEqualTo(graceMillis);
  }

  @Test
  void oneThatLeavesAtTheLastMomentHasLeft() {
    pool.worker(20, 300).leavesAfter(250);

    assertThat(outcome(patience(250))).isInstanceOf(Outcome.Retired.class);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 99, 250, 60_000})
  void oneWhoseReplacementDoesNotComeIsNotReplacedAfterExactlyTheGrace(long graceMillis) {
    pool.worker(20, 300).leavesAfter(0).neverReplaced();

    assertThat(outcome(patience(graceMillis)))
        .isEqualTo(new Outcome.NotReplaced(0, OptionalLong.of(300), graceMillis));
    assertThat(pool.millis()).isEqualTo(graceMillis);
  }

  @Test
  void theReplacementHasAGraceOfItsOwn() {
    pool.worker(20, 300).leavesAfter(900).replacedAfter(900);

    assertThat(outcome(patience(1000))).isInstanceOf(Outcome.Retired.class);
  }

  @Test
  void aNewProcessWithAPidThatThePoolHadBeforeIsNew() {
    pool.worker(20, 300).leavesAfter(0).replacedAfter(0);
    pool.worker(1000, 5);

    assertThat(pool.sweep(patience(1000)).workers().getFirst().outcome())
        .isInstanceOfSatisfying(
            Outcome.Retired.class,
            retired -> assertThat(retired.replacement().id()).isEqualTo(new ProcessId(1000, 6000)));
  }

  @Test
  void progressIsToldWhileItDrainsAndWhileItsPlaceIsEmpty() {
    pool.worker(20, 300).leavesAfter(250).replacedAfter(30);

    outcome(patience(60_000));

    assertThat(pool.progress)
        .startsWith("draining 20 100", "draining 20 200", "awaiting 20 0")
        .allMatch(line -> line.startsWith("draining 20 ") || line.startsWith("awaiting 20 "));
  }

  @Test
  void aPidThatIsAnotherProcesssByNowIsNotSignalled() {
    pool.worker(20, 300).pidReused();

    assertThat(outcome(patience(1000))).isEqualTo(new Outcome.Vanished());
    assertThat(pool.signals).isEmpty();
  }

  @Test
  void oneThatEndsBeforeItsSignalHasVanished() {
    pool.readsTake(50).worker(20, 300).endsAt(30);

    assertThat(outcome(patience(1000))).isEqualTo(new Outcome.Vanished());
    assertThat(pool.signals).isEmpty();
  }

  @Test
  void oneThatIsNoLongerTheManagersIsNotSignalled() {
    pool.worker(20, 300).adoptedBy(1);

    assertThat(outcome(patience(1000)))
        .isEqualTo(
            new Outcome.NotSignalled(Outcome.Why.NOT_A_CHILD, "its parent is now process 1"));
    assertThat(pool.signals).isEmpty();
  }

  @Test
  void oneThatMayNotBeOpenedOrSignalledSaysWhy() {
    pool.worker(20, 300).openRefused("EMFILE");
    assertThat(outcome(patience(1000)))
        .isEqualTo(new Outcome.NotSignalled(Outcome.Why.NOT_PERMITTED, "EMFILE"));

    FakePool other = new FakePool();
    other.worker(20, 300).signalRefused("EPERM");
    assertThat(other.sweep(patience(1000)).workers().getFirst().outcome())
        .isEqualTo(new Outcome.NotSignalled(Outcome.Why.NOT_PERMITTED, "EPERM"));
  }

  /**
   * Questions: 1 the pool, 2 open, 3 memory, 4 parent, 5 manager, 6 the signal, 7 and on: ended?
   */
  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 5})
  void aManagerLostBeforeTheSignalMeansNone(int question) {
    pool.loseManagerAt(question).worker(20, 300);

    assertThat(outcome(patience(1000)))
        .isEqualTo(new Outcome.NotSignalled(Outcome.Why.MANAGER_LOST, FakePool.LOST));
    assertThat(pool.signals).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {6, 7, 8, 12})
  void aManagerLostWhileTheWorkerDrainsIsReported(int question) {
    pool.loseManagerAt(question).worker(20, 300).leavesAfter(5000);

    assertThat(outcome(patience(10_000)))
        .isEqualTo(new Outcome.ManagerLost(Optional.empty(), FakePool.LOST));
    assertThat(pool.signals).hasSize(1);
    assertThat(pool.millis()).as("nobody waits for the rest").isLessThan(1000);
  }

  @Test
  void aManagerLostWhileTheReplacementIsAwaitedIsReportedWithTheExit() {
    pool.loseManagerAt(15).worker(20, 300).leavesAfter(40).neverReplaced();

    assertThat(outcome(patience(10_000)))
        .isEqualTo(new Outcome.ManagerLost(Optional.of(40L), FakePool.LOST));
  }
}
