package io.kidreaper.policy;

import static io.kidreaper.policy.Someone.id;
import static io.kidreaper.policy.Someone.worker;
import static io.kidreaper.policy.Told.pids;
import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.memory.Limit;
import io.kidreaper.memory.Measure;
import io.kidreaper.pool.Occupation;
import org.junit.jupiter.api.Test;

class PoolPolicyRestraintTest {

  @Test
  void atMostSoManyAreLeavingAndTheirPlacesCountUntilTheyAreFilled() {
    Told policy = new Told(new Given().limit(100).attached(2, 0, 0, 0));

    assertThat(pids(policy.sees(worker(20).has(100), worker(21).has(101), worker(22).has(102))))
        .containsExactly(22, 21);
    assertThat(policy.sees(worker(20).has(100), worker(21).has(101))).isEmpty();
    assertThat(pids(policy.sees(worker(20).has(100), worker(21).has(101), worker(23))))
        .containsExactly(20);
  }

  @Test
  void neverFewerThanSoManyAreLeft() {
    Told policy = new Told(new Given().limit(100).hardLimit(200).attached(9, 2, 0, 0));

    assertThat(
            pids(
                policy.sees(
                    worker(20).has(300),
                    worker(21).has(301),
                    worker(22).has(302),
                    worker(23).is(Occupation.STARTING))))
        .containsExactly(22);
    assertThat(policy.sees(worker(20).has(300), worker(21).has(301))).isEmpty();
  }

  @Test
  void betweenTwoDecisionsIsAGap() {
    Told policy = new Told(new Given().limit(100).attached(9, 0, 5_000, 0));

    assertThat(policy.sees(worker(20).has(100), worker(21).has(101))).hasSize(1);
    assertThat(policy.after(4_999).sees(worker(20).has(100), worker(21).has(101))).isEmpty();
    assertThat(policy.after(1).sees(worker(20).has(100), worker(21).has(101)))
        .containsExactly(
            new Decision.Retire(
                id(20), new Reason.OverLimit(new Limit(Measure.PRIVATE, 100), 100, 3)));
  }

  @Test
  void whoWaitsForOthersIsHeldBackAndMayGoWhenTheGapIsOver() {
    Told policy = new Told(new Given().limit(100).attached(1, 0, 5_000, 0));

    assertThat(policy.sees(worker(20).has(100), worker(21).has(101))).hasSize(1);
    assertThat(policy.heldBack()).isTrue();
    assertThat(policy.after(2_000).nextDecisionIn()).isEqualTo(3_000);
    assertThat(policy.after(60_000).nextDecisionIn()).isZero();

    // The one is gone and replaced: the other goes, and nobody else is left to wait.
    assertThat(pids(policy.sees(worker(20).has(100), worker(22)))).containsExactly(20);
    assertThat(policy.heldBack()).isFalse();
  }

  @Test
  void whoIsTooYoungWaitsForItsAgeAndNobodyElse() {
    Told policy = new Told(new Given().limit(100).attached(1, 0, 0, 10_000));

    assertThat(policy.sees(worker(20).has(100).age(70_000), worker(21).has(101).age(1_000)))
        .hasSize(1);
    assertThat(policy.heldBack()).isFalse();
  }

  @Test
  void theHardLimitWaitsForNoGapAndNoOther() {
    Told policy = new Told(new Given().hardLimit(100).attached(1, 0, 5_000, 0));

    assertThat(pids(policy.sees(worker(20).has(100), worker(21).has(101)))).containsExactly(21, 20);
  }

  @Test
  void theYoungAreLetBeAndThoseOfUnknownAge() {
    Told policy = new Told(new Given().limit(100).attached(9, 0, 0, 10_000));

    assertThat(
            pids(
                policy.sees(
                    worker(20).has(100).age(1_000),
                    worker(21).has(100).ageUnknown(),
                    worker(22).has(100).age(70_000))))
        .containsExactly(22);
  }

  @Test
  void retiringThatGivesHardlyAnythingBackFreezesThePool() {
    Told policy = new Told(new Given().limit(100).attached(1, 0, 0, 0));
    for (int i = 0; i < 3; i++) {
      // The successor has 95 after a moment and stays so for a while, and then leaks.
      assertThat(policy.sees(worker(20 + i).has(100))).hasSize(1);
      policy.sees();
      policy.sees(worker(21 + i).has(95).age(3_000));
      policy.sees(worker(21 + i).has(95).age(8_000));
    }

    assertThat(policy.notes())
        .containsExactly(new PolicyNote.Frozen(new Freeze.GivesNothingBack(3, 100, 95)));
    assertThat(policy.after(600_000).sees(worker(23).has(200))).isEmpty();
    assertThat(policy.notes()).isEmpty();

    policy.hears(new Report.Resumed());
    assertThat(policy.notes()).containsExactly(new PolicyNote.Resumed());
    assertThat(policy.sees(worker(23).has(200))).hasSize(1);
  }

  @Test
  void successorsThatLeakAsFastAreNoReasonToStop() {
    Told policy = new Told(new Given().limit(100).attached(1, 0, 0, 9_000));
    for (int i = 0; i < 9; i++) {
      assertThat(policy.sees(worker(20 + i).has(400).age(10_000))).as("no. " + i).hasSize(1);
      policy.sees();
      policy.sees(worker(21 + i).has(380).age(3_000));
      policy.sees(worker(21 + i).has(390).age(8_000));
    }

    assertThat(policy.state().frozen()).isEmpty();
    assertThat(policy.state().futileInARow()).isZero();
  }

  @Test
  void aSuccessorThatIsAsLargeIsLetBeUntilItIsKnownWhy() {
    Told policy = new Told(new Given().limit(100).hardLimit(900).attached(1, 0, 0, 2_000));
    assertThat(policy.sees(worker(20).has(400).age(70_000))).hasSize(1);
    policy.sees();

    assertThat(policy.sees(worker(21).has(400).age(3_000))).isEmpty();
    assertThat(policy.sees(worker(21).has(450).age(7_000))).isEmpty();
    assertThat(policy.sees(worker(21).has(500).age(8_000))).as("it leaks").hasSize(1);

    policy.sees();
    assertThat(policy.sees(worker(22).has(500).age(3_000))).isEmpty();
    assertThat(policy.sees(worker(22).has(950).age(4_000))).as("the last resort").hasSize(1);
  }

  @Test
  void whereASuccessorIsReadOnlyOnceInTimeThatReadingDecides() {
    Told policy = new Told(new Given().limit(100).attached(1, 0, 0, 0));
    for (int i = 0; i < 3; i++) {
      assertThat(policy.sees(worker(20 + i).has(100).age(200_000))).hasSize(1);
      policy.sees();
      policy.sees(worker(21 + i).has(95).age(30_000));
      assertThat(policy.state().futileInARow()).isEqualTo(i);
      policy.sees(worker(21 + i).has(95).age(90_000));
      assertThat(policy.state().futileInARow()).isEqualTo(i + 1);
    }
  }

  @Test
  void oneThatGaveMuchBackBeginsTheCountAnew() {
    Told policy = new Told(new Given().limit(100).attached(1, 0, 0, 0));
    long[] fresh = {95, 95, 50, 95, 95};
    for (int i = 0; i < fresh.length; i++) {
      assertThat(policy.sees(worker(20 + i).has(100))).hasSize(1);
      policy.sees();
      policy.sees(worker(21 + i).has(fresh[i]).age(3_000));
      policy.sees(worker(21 + i).has(fresh[i]).age(8_000));
    }

    assertThat(policy.state().frozen()).isEmpty();
    assertThat(policy.state().futileInARow()).isEqualTo(2);
  }

  @Test
  void retiringByAgeNeedNotGiveAnythingBack() {
    Told policy = new Told(new Given().maxAge(60_000).attached(1, 0, 0, 0));
    for (int i = 0; i < 5; i++) {
      assertThat(policy.sees(worker(20 + i).has(100).age(60_000))).hasSize(1);
      policy.sees();
      policy.sees(worker(21 + i).has(100).age(3_000));
    }

    assertThat(policy.state().frozen()).isEmpty();
  }

  @Test
  void aLostManagerFreezesThePoolUntilAPersonHasLooked() {
    Told policy = new Told(new Given().limit(100).hardLimit(200).attached(1, 0, 0, 0));
    policy.hears(new Report.ManagerLost("process 10 has ended"));
    assertThat(policy.notes())
        .containsExactly(new PolicyNote.Frozen(new Freeze.ManagerLost("process 10 has ended")));

    policy.hears(new Report.ManagerLost("again"));
    assertThat(policy.notes()).isEmpty();
    assertThat(policy.sees(worker(20).has(300))).isEmpty();
    policy.hears(new Report.Resumed()).hears(new Report.Resumed());
    assertThat(policy.notes()).isEmpty();
    assertThat(policy.sees(worker(20).has(300))).hasSize(1);
  }

  @Test
  void aReportOfNobodyChangesNothing() {
    Told policy = new Told(new Given().limit(100));
    policy.sees(worker(20));
    PolicyState before = policy.state();

    policy.hears(new Report.Stayed(id(20))).hears(new Report.Stayed(id(99)));

    assertThat(policy.state()).isEqualTo(before);
  }
}
