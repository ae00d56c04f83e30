package io.kidreaper.retire;

import static io.kidreaper.retire.FakePool.plan;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** One worker that got its signal and stays for all of its grace of 500 ms. Patience is 2 s. */
class EscalationTest {
  private static final Activity SERVING = new Activity.Serving(1);
  private static final Activity SPINNING = new Activity.Between();

  private final FakePool pool = new FakePool();
  private final FakeWorker worker = pool.worker(20, 300).ignoresSignals();

  private Outcome outcome(Escalation escalation, boolean anyMoment) {
    SweepReport report =
        pool.sweep(plan(100, Duration.ZERO, Duration.ofMillis(500), escalation, anyMoment));
    return report.workers().getFirst().outcome();
  }

  private Outcome killing() {
    return outcome(Escalation.KILL, false);
  }

  private void assertSent(Signal... signals) {
    assertThat(pool.signals).extracting(FakePool.Delivered::signal).containsExactly(signals);
  }

  private static Moment killOf(Outcome outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Retired.class);
    return ((Outcome.Retired) outcome).signals().kill().orElseThrow();
  }

  private static Outcome.StillThere stillThere(Outcome outcome) {
    assertThat(outcome).isInstanceOf(Outcome.StillThere.class);
    return (Outcome.StillThere) outcome;
  }

  @Test
  void withoutItOneThatSpinsIsReportedAsThat() {
    worker.from(100, SPINNING);

    Outcome.StillThere there = stillThere(outcome(Escalation.NONE, true));

    assertThat(there.last()).isEqualTo(SPINNING);
    assertThat(there.waitedMillis()).isEqualTo(500);
    assertThat(there.signals().kill()).isEmpty();
    assertSent(Signal.HUP);
  }

  @Test
  void anIdleOneIsKilledAtOnce() {
    Moment kill = killOf(killing());

    assertThat(kill.signal()).isEqualTo(Signal.KILL);
    assertThat(kill.kind()).isEqualTo(Moment.Kind.SEEN_IDLE);
    assertThat(pool.signals.get(1).atMillis()).isEqualTo(500);
  }

  @Test
  void oneThatServesIsKilledOnceItIsIdleAgain() {
    worker.from(100, SERVING).from(1700, new Activity.Idle());

    assertThat(killOf(killing()).kind()).isEqualTo(Moment.Kind.SEEN_IDLE);
    assertThat(pool.signals.get(1).atMillis()).isBetween(1700L, 1710L);
  }

  @Test
  void oneThatSpinsWithoutAConnectionIsKilledAfterThePatience() {
    worker.from(100, SPINNING);

    Moment kill = killOf(killing());

    assertThat(kill.kind()).isEqualTo(Moment.Kind.ANY);
    assertThat(pool.signals.get(1).atMillis()).isBetween(2500L, 2510L);
    assertThat(kill.reachedMicros()).as("from the decision").isGreaterThanOrEqualTo(2_000_000);
  }

  @Test
  void oneThatHoldsAConnectionForAllOfThePatienceIsLeftAndReported() {
    worker.from(100, SERVING);

    Outcome.StillThere there = stillThere(killing());

    assertThat(there.last()).isEqualTo(SERVING);
    assertThat(there.waitedMillis()).as("since the signal").isBetween(2500L, 2510L);
    assertSent(Signal.HUP);
  }

  @Test
  void atAnyMomentOneThatHoldsAConnectionIsKilled() {
    worker.from(100, SERVING);

    assertThat(killOf(outcome(Escalation.KILL, true)).kind()).isEqualTo(Moment.Kind.ANY);
    assertThat(pool.signals.get(1).atMillis()).isEqualTo(500);
  }

  @Test
  void oneThatIsStoppedIsLeftAndReported() {
    Activity stopped = new Activity.Suspended("it is stopped by a signal");
    worker.from(100, stopped);

    assertThat(stillThere(killing()).last()).isEqualTo(stopped);
    assertSent(Signal.HUP);
  }

  @Test
  void oneThatLeavesWhileItsKillIsAwaitedHasLeft() {
    worker.leavesAfter(1500).from(100, SERVING);

    assertThat(killing())
        .isInstanceOfSatisfying(
            Outcome.Retired.class,
            retired -> {
              assertThat(retired.signals().kill()).isEmpty();
              assertThat(retired.exitMillis()).isBetween(1500L, 1510L);
            });
    assertSent(Signal.HUP);
  }

  @Test
  void aManagerLostWhileItsKillIsAwaitedMeansNone() {
    worker.from(100, SERVING).from(1200, new Activity.Idle());
    pool.loseManagerAtMillis(1000);

    assertThat(killing())
        .isInstanceOfSatisfying(
            Outcome.ManagerLost.class, lost -> assertThat(lost.exitMillis()).isEmpty());
    assertSent(Signal.HUP);
  }

  @Test
  void anInterruptionWhileItsKillIsAwaitedMeansNone() {
    worker.from(100, SERVING).from(1200, new Activity.Idle());
    pool.cancelAtMillis(1000);

    assertThat(stillThere(killing()).waitedMillis()).isBetween(1000L, 1010L);
    assertSent(Signal.HUP);
  }

  @Test
  void oneThatSurvivesEvenItsKillIsReportedWithBothSignals() {
    worker.ignoresKill();

    Outcome.StillThere there = stillThere(killing());

    assertThat(there.signals().kill()).isPresent();
    assertThat(there.waitedMillis()).as("since the first signal").isEqualTo(1000);
    assertSent(Signal.HUP, Signal.KILL);
  }

  @Test
  void oneThatLeavesWithinItsGraceIsNotKilled() {
    worker.leavesAfter(499);

    assertThat(killing()).isInstanceOf(Outcome.Retired.class);
    assertSent(Signal.HUP);
  }
}
