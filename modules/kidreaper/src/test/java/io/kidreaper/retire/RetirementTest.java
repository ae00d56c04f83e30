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

  private static SweepPlan escalating(long graceMillis, boolean anyMoment) {
    return plan(100, Duration.ZERO, Duration.ofMillis(graceMillis), Escalation.KILL, anyMoment);
  }

  private Outcome outcome(SweepPlan plan) {
    return outcome(pool, plan);
  }

  private static Outcome outcome(FakePool pool, SweepPlan plan) {
    SweepReport report = pool.sweep(plan);
    assertThat(report.workers()).hasSize(1);
    return report.workers().getFirst().outcome();
  }

  private static Outcome.Retired retired(Outcome outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Retired.class);
    return (Outcome.Retired) outcome;
  }

  @Test
  void isFollowedFromItsSignalToItsReplacement() {
    pool.worker(20, 300).leavesAfter(1234).replacedAfter(75);

    Outcome.Retired retired = retired(outcome(patience(60_000)));

    assertThat(pool.signals).extracting(FakePool.Delivered::signal).containsExactly(Signal.HUP);
    assertThat(retired.signals())
        .isEqualTo(
            new Outcome.Signals(
                new Moment(Moment.Kind.SEEN_IDLE, Signal.HUP, 0, 0, 0), Optional.empty()));
    assertThat(retired.exitMillis()).isEqualTo(1234);
    assertThat(retired.givenBackBytes()).hasValue(300);
    assertThat(retired.replacement().id()).isEqualTo(new ProcessId(1000, 6000));
    assertThat(retired.replacement().afterMillis()).isBetween(75L, 175L);
    assertThat(retired.replacement().memory()).isEqualTo(FakeWorker.sample(5));
  }

  @Test
  void aQuickReplacementIsSeenQuickly() {
    pool.worker(20, 300).leavesAfter(0).replacedAfter(0);

    Outcome.Retired retired = retired(outcome(patience(60_000)));

    assertThat(retired.exitMillis()).isZero();
    assertThat(retired.replacement().afterMillis()).isZero();
  }

  @Test
  void whatItGivesBackIsUnknownWhereItCouldNotBeRead() {
    pool.worker(20, 300).withoutDetailBeforeItsSignal();

    assertThat(retired(outcome(patience(60_000))).givenBackBytes()).isEmpty();
  }

  @Test
  void aBusyWorkerIsAskedOnceItIsIdle() {
    pool.worker(20, 300).busyUntil(700);

    Outcome.Retired retired = retired(outcome(patience(60_000)));

    assertThat(pool.signals).singleElement().matches(sent -> !sent.busy());
    assertThat(retired.signals().first().reachedMicros()).isBetween(700_000L, 702_000L);
    assertThat(pool.progress).contains("boundary 20 600");
  }

  @Test
  void oneThatIsBusyForLongerThanThePatienceIsLeftAlone() {
    pool.worker(20, 300).busyUntil(FakeWorker.NEVER);

    assertThat(outcome(patience(60_000)))
        .isEqualTo(
            new Outcome.NotSignalled(
                Outcome.Why.BUSY, "it held a connection for all of the patience of 2000 ms"));
    assertThat(pool.signals).isEmpty();
  }

  @Test
  void atAnyMomentABusyWorkerIsSignalledAtOnce() {
    pool.worker(20, 300).busyUntil(FakeWorker.NEVER);
    SweepPlan any = plan(100, Duration.ZERO, Duration.ofSeconds(1), Escalation.NONE, true);

    assertThat(retired(outcome(any)).signals().first().kind()).isEqualTo(Moment.Kind.ANY);
    assertThat(pool.signals.getFirst().atMillis()).isZero();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 99, 100, 101, 250, 60_000})
  void oneThatIgnoresItsSignalIsStillThereAfterExactlyTheGrace(long graceMillis) {
    pool.worker(20, 300).ignoresSignals();

    assertThat(outcome(patience(graceMillis)))
        .isInstanceOfSatisfying(
            Outcome.StillThere.class,
            there -> {
              assertThat(there.waitedMillis()).isEqualTo(graceMillis);
              assertThat(there.last()).isEqualTo(new Activity.Idle());
            });
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
        .isInstanceOfSatisfying(
            Outcome.NotReplaced.class,
            left -> {
              assertThat(left.exitMillis()).isZero();
              assertThat(left.givenBackBytes()).isEqualTo(OptionalLong.of(300));
              assertThat(left.waitedMillis()).isEqualTo(graceMillis);
            });
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

    Outcome first = pool.sweep(patience(1000)).workers().getFirst().outcome();

    assertThat(retired(first).replacement().id()).isEqualTo(new ProcessId(1000, 6000));
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
  void theLastResortComesAfterTheGraceAndCountsFromTheFirstSignal() {
    pool.worker(20, 300).ignoresSignals();

    Outcome.Retired retired = retired(outcome(escalating(500, false)));

    assertThat(pool.signals)
        .extracting(FakePool.Delivered::signal)
        .containsExactly(Signal.HUP, Signal.KILL);
    assertThat(pool.signals).extracting(FakePool.Delivered::atMillis).containsExactly(0L, 500L);
    assertThat(retired.exitMillis()).isEqualTo(500);
    assertThat(retired.signals().kill()).isPresent();
  }

  @Test
  void theLastResortDoesNotCutARequestUnlessAskedTo() {
    pool.worker(20, 300).ignoresSignals();
    FakePool busy = new FakePool();
    busy.worker(20, 300).ignoresSignals().busyUntil(FakeWorker.NEVER);

    assertThat(outcome(escalating(500, false))).isInstanceOf(Outcome.Retired.class);
    assertThat(outcome(busy, escalating(500, true))).isInstanceOf(Outcome.Retired.class);

    FakePool busyLater = new FakePool();
    busyLater.worker(20, 300).ignoresSignals().busyFrom(100);
    assertThat(outcome(busyLater, escalating(500, false))).isInstanceOf(Outcome.StillThere.class);
    assertThat(busyLater.signals).hasSize(1);
  }

  @Test
  void noLastResortAfterTheManagerIsLost() {
    pool.loseManagerAtMillis(450).worker(20, 300).ignoresSignals();

    assertThat(outcome(escalating(500, true))).isInstanceOf(Outcome.ManagerLost.class);
    assertThat(pool.signals).hasSize(1);
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
    assertThat(outcome(other, patience(1000)))
        .isEqualTo(new Outcome.NotSignalled(Outcome.Why.NOT_PERMITTED, "EPERM"));
  }

  @Test
  void aManagerLostWhileTheWorkerIsBusyMeansNoSignal() {
    pool.loseManagerAtMillis(300).worker(20, 300).busyUntil(700);

    assertThat(outcome(patience(1000)))
        .isEqualTo(new Outcome.NotSignalled(Outcome.Why.MANAGER_LOST, FakePool.LOST));
    assertThat(pool.signals).isEmpty();
  }

  @Test
  void aManagerLostWhileTheWorkerDrainsIsReportedAtOnce() {
    pool.loseManagerAtMillis(1000).worker(20, 300).leavesAfter(5000);

    assertThat(outcome(patience(10_000)))
        .isInstanceOfSatisfying(
            Outcome.ManagerLost.class,
            lost -> {
              assertThat(lost.exitMillis()).isEmpty();
              assertThat(lost.reason()).isEqualTo(FakePool.LOST);
            });
    assertThat(pool.signals).hasSize(1);
    assertThat(pool.millis()).as("nobody waits for the rest").isBetween(1000L, 1200L);
  }

  @Test
  void aManagerLostWhileTheReplacementIsAwaitedIsReportedWithTheExit() {
    pool.loseManagerAtMillis(1000).worker(20, 300).leavesAfter(40).neverReplaced();

    assertThat(outcome(patience(10_000)))
        .isInstanceOfSatisfying(
            Outcome.ManagerLost.class, lost -> assertThat(lost.exitMillis()).contains(40L));
  }
}
