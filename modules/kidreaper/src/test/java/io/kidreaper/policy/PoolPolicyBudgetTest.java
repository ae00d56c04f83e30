package io.kidreaper.policy;

import static io.kidreaper.policy.Someone.id;
import static io.kidreaper.policy.Someone.worker;
import static io.kidreaper.policy.Told.pids;
import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.pool.Occupation;
import org.junit.jupiter.api.Test;

class PoolPolicyBudgetTest {

  @Test
  void overTheBudgetTheLargestIdleWorkerGoes() {
    Told policy = new Told(new Given().budget(100));

    assertThat(policy.sees(worker(20).has(30, 59), worker(21).has(20, 40))).isEmpty();
    assertThat(
            policy.sees(
                worker(20).has(30, 40),
                worker(21).has(20, 30),
                worker(22).has(90, 30).is(Occupation.BUSY)))
        .containsExactly(new Decision.Retire(id(20), new Reason.OverBudget(100, 100, 30)));
  }

  @Test
  void whatWorkersAreForkedFromCountsAndNeverGoes() {
    Told policy = new Told(new Given().budget(100).limit(80));

    assertThat(policy.sees(worker(20).has(40), worker(21).has(30))).isEmpty();
    assertThat(
            pids(
                policy.sees(
                    worker(19).has(95, 40).is(Occupation.TEMPLATE),
                    worker(20).has(40),
                    worker(21).has(30))))
        .containsExactly(20);
  }

  @Test
  void whereNobodyIsIdleTheLargestGoesBetweenTwoRequests() {
    Told policy = new Told(new Given().budget(100));

    assertThat(
            pids(
                policy.sees(
                    worker(20).has(60).is(Occupation.BUSY),
                    worker(21).has(90).is(Occupation.BUSY))))
        .containsExactly(21);
  }

  @Test
  void noOtherGoesBeforeTheOneBeforeHasGoneAndWasReplaced() {
    Told policy = new Told(new Given().budget(100));
    assertThat(pids(policy.sees(worker(20).has(90), worker(21).has(80)))).containsExactly(20);

    // It is still there; then its successor is starting beside it; then it has gone.
    assertThat(policy.sees(worker(20).has(90), worker(21).has(80))).isEmpty();
    assertThat(
            policy.sees(worker(20).has(90), worker(21).has(80), worker(22).is(Occupation.STARTING)))
        .isEmpty();
    assertThat(policy.sees(worker(21).has(110), worker(22).is(Occupation.STARTING))).isEmpty();
    assertThat(pids(policy.sees(worker(21).has(110), worker(22)))).containsExactly(21);
  }

  @Test
  void whoWasNotReplacedForLongIsNotWaitedForAnyMore() {
    Told policy = new Told(new Given().budget(100));
    policy.sees(worker(20).has(90), worker(21).has(120));

    assertThat(policy.sees(worker(20).has(120))).isEmpty();
    assertThat(policy.after(59_999).sees(worker(20).has(120))).isEmpty();
    assertThat(policy.after(1).sees(worker(20).has(120))).hasSize(1);
  }

  @Test
  void anyoneOnItsWayOutIsWaitedForSinceItGivesMemoryBackToo() {
    Told policy = new Told(new Given().limit(80).budget(100));

    assertThat(policy.sees(worker(20).has(70), worker(21).has(80)))
        .extracting(decision -> decision.reason().word())
        .containsExactly("limit");
  }

  @Test
  void whatWasReadIsABoundFromBelow() {
    Told policy = new Told(new Given().budget(100));

    assertThat(policy.sees(worker(20).has(99), worker(21).notRead())).isEmpty();
    assertThat(policy.notes()).isEmpty();
    assertThat(policy.sees(worker(20).has(99), worker(21).unreadableDetail())).isEmpty();
    assertThat(policy.notes()).containsExactly(new PolicyNote.BudgetUnknown(1));
    // A look that did not ask changes nothing of what is known.
    policy.sees(worker(20).has(99), worker(21).notRead());
    policy.sees(worker(20).has(99), worker(21).unreadableDetail());
    assertThat(policy.notes()).isEmpty();
    assertThat(pids(policy.sees(worker(20).has(100), worker(21).unreadableDetail())))
        .containsExactly(20);
  }

  @Test
  void aWorkerOfWhichNothingCouldBeReadMayBeWhatIsTooMuch() {
    Told policy = new Told(new Given().budget(100));

    policy.sees(worker(20).has(99), worker(21).unreadable());
    assertThat(policy.notes()).contains(new PolicyNote.BudgetUnknown(1));
  }

  @Test
  void whoWouldGiveBackLessThanATenthStays() {
    Told policy = new Told(new Given().budget(100));

    assertThat(policy.sees(worker(20).has(100).boot(91), worker(21).has(100).boot(100))).isEmpty();
    assertThat(policy.notes()).containsExactly(new PolicyNote.BudgetOutOfReach(100, 200));
    assertThat(policy.sees(worker(20).has(100).boot(91), worker(21).has(100).boot(100))).isEmpty();
    assertThat(policy.notes()).isEmpty();
    assertThat(pids(policy.sees(worker(20).has(102).boot(91), worker(21).has(109).boot(100))))
        .containsExactly(20);
  }

  @Test
  void newcomersBeforeAnyDecisionAreNobodysSuccessors() {
    Told policy = new Told(new Given().budget(100));
    policy.sees(worker(20));
    policy.sees(worker(20), worker(21));
    assertThat(pids(policy.sees(worker(20).has(90), worker(21).has(80)))).containsExactly(20);

    assertThat(policy.sees(worker(21).has(120))).isEmpty();
  }
}
