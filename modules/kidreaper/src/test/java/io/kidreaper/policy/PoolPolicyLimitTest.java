package io.kidreaper.policy;

import static io.kidreaper.policy.Someone.id;
import static io.kidreaper.policy.Someone.worker;
import static io.kidreaper.policy.Told.pids;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kidreaper.memory.Limit;
import io.kidreaper.memory.Measure;
import io.kidreaper.pool.Occupation;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PoolPolicyLimitTest {
  private static final Limit LIMIT = new Limit(Measure.PRIVATE, 100);

  @Test
  void whoIsAtTheLimitGoesAndWhoIsAByteBelowStays() {
    Told policy = new Told(new Given().limit(100));

    assertThat(policy.sees(worker(20).has(99), worker(21).has(100)))
        .containsExactly(new Decision.Retire(id(21), new Reason.OverLimit(LIMIT, 100, 1)));
  }

  @Test
  void onlySoManyReadingsInARowDecide() {
    Told policy = new Told(new Given().limit(100).samplesOver(3));

    assertThat(policy.sees(worker(20).has(100))).isEmpty();
    assertThat(policy.sees(worker(20).has(100))).isEmpty();
    assertThat(policy.sees(worker(20).has(99))).isEmpty();
    assertThat(policy.sees(worker(20).has(100))).isEmpty();
    assertThat(policy.sees(worker(20).has(100))).isEmpty();
    assertThat(policy.sees(worker(20).has(104)))
        .containsExactly(new Decision.Retire(id(20), new Reason.OverLimit(LIMIT, 104, 3)));
  }

  @Test
  void aReadingThatFailedNeitherCountsNorForgets() {
    Told policy = new Told(new Given().limit(100).samplesOver(2));

    assertThat(policy.sees(worker(20).has(100))).isEmpty();
    assertThat(policy.sees(worker(20).unreadable())).isEmpty();
    assertThat(policy.sees(worker(20).unreadableDetail())).isEmpty();
    assertThat(policy.sees(worker(20).has(100))).hasSize(1);
  }

  @Test
  void aDetailThatWasNotNeededIsAReadingBelow() {
    Told policy = new Told(new Given().limit(100).samplesOver(2));

    assertThat(policy.sees(worker(20).has(100))).isEmpty();
    assertThat(policy.sees(worker(20).notRead())).isEmpty();
    assertThat(policy.sees(worker(20).has(100))).isEmpty();
  }

  @Test
  void whoeverIsCondemnedIsNotDecidedAgainHoweverLongItTakes() {
    Told policy = new Told(new Given().limit(100));

    assertThat(policy.sees(worker(20).has(100))).hasSize(1);
    for (int i = 0; i < 100; i++) {
      assertThat(policy.after(60_000).sees(worker(20).has(100 + i))).isEmpty();
    }
    assertThat(policy.state().isCondemned(id(20))).isTrue();
  }

  @Test
  void anotherProcessOfTheSamePidIsAnotherWorker() {
    Told policy = new Told(new Given().limit(100).samplesOver(2));
    policy.sees(worker(20).has(100));
    policy.sees();

    assertThat(policy.sees(worker(20).has(100))).isEmpty();
  }

  @Test
  void aRetirementThatWasGivenUpIsTriedAgainLater() {
    Told policy = new Told(new Given().limit(100).samplesOver(2));
    policy.sees(worker(20).has(100));
    assertThat(policy.sees(worker(20).has(100))).hasSize(1);
    policy.hears(new Report.Stayed(id(20)));

    assertThat(policy.after(9_999).sees(worker(20).has(100))).isEmpty();
    assertThat(policy.after(1).sees(worker(20).has(100))).hasSize(1);
    assertThat(policy.after(60_000).sees(worker(20).has(100))).isEmpty();
  }

  @Test
  void idleOnesGoFirstAndThenTheLargest() {
    Told policy = new Told(new Given().limit(100));

    assertThat(
            pids(
                policy.sees(
                    worker(20).has(900).is(Occupation.BUSY),
                    worker(21).has(100),
                    worker(22).has(300).is(Occupation.UNKNOWN),
                    worker(23).has(200),
                    worker(24).has(950).is(Occupation.BUSY))))
        .containsExactly(23, 21, 22, 24, 20);
  }

  @Test
  void whoIsNotReadyYetIsLetBe() {
    Told policy = new Told(new Given().limit(100).hardLimit(200).maxAge(1).maxRequests(1));

    assertThat(policy.sees(worker(20).has(500).served(9).is(Occupation.STARTING))).isEmpty();
  }

  @Test
  void whoVanishedOrCannotBeMeasuredIsLetBe() {
    Told policy = new Told(new Given().limit(100).budget(1000));

    assertThat(
            policy.sees(
                worker(20).vanished(), worker(21).unreadable(), worker(22).unreadableDetail()))
        .isEmpty();
  }

  @Test
  void whoCannotBeMeasuredIsToldOnceAndAgainOnlyAfterItCould() {
    Told policy = new Told(new Given().limit(100));

    policy.sees(worker(20).unreadable(), worker(21).unreadableDetail(), worker(22).notRead());
    assertThat(policy.notes())
        .containsExactlyInAnyOrder(
            new PolicyNote.WorkerUnreadable(id(20), "EIO"),
            new PolicyNote.WorkerUnreadable(id(21), "EACCES"));
    policy.sees(worker(20).unreadable(), worker(21).notRead());
    policy.sees(worker(20).unreadable(), worker(21).unreadableDetail());
    assertThat(policy.notes()).isEmpty();
    policy.sees(worker(20).unreadable(), worker(21).has(5));
    assertThat(policy.notes()).isEmpty();
    policy.sees(worker(20).has(5), worker(21).unreadable());
    assertThat(policy.notes()).containsExactly(new PolicyNote.WorkerUnreadable(id(21), "EIO"));
  }

  @Test
  void aMeasureThatTheCheapReadingHasNeedsNoDetail() {
    Told policy = new Told(new Given().limit(Measure.RSS, 100));

    assertThat(policy.sees(worker(20).unreadableDetail())).isEmpty();
    assertThat(policy.notes()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"99, true", "100, false", "101, false"})
  void aLimitAtOrBelowWhatAFreshWorkerHasIsNotActedOn(long bootBytes, boolean acts) {
    Told policy = new Told(new Given().limit(100));

    assertThat(policy.sees(worker(20).has(500).boot(bootBytes), worker(21).has(200).boot(900)))
        .hasSize(acts ? 2 : 0);
    assertThat(policy.notes())
        .isEqualTo(acts ? List.of() : List.of(new PolicyNote.LimitBelowBootSize(LIMIT, bootBytes)));
  }

  @Test
  void suchALimitIsToldOnceAndAnotherOneAgain() {
    Told policy = new Told(new Given().limit(100));
    policy.sees(worker(20).has(100).boot(100));
    assertThat(policy.notes()).hasSize(1);
    policy.sees(worker(20).has(100).boot(100));
    assertThat(policy.notes()).isEmpty();

    policy.with(new Given().limit(90)).sees(worker(20).has(100).boot(100));
    assertThat(policy.notes()).hasSize(1);
    assertThat(policy.with(new Given().limit(101)).sees(worker(20).has(101).boot(100))).hasSize(1);
  }

  @Test
  void aFreshWorkerThatNobodySawBecomeReadyShowsWhatItNeedsIfItDoesNotGrow() {
    Told policy = new Told(new Given().limit(100).samplesOver(5));

    policy.sees(worker(20).has(100).age(1_999));
    policy.sees(worker(20).has(100).age(2_000));
    policy.sees(worker(20).has(100).age(6_999));
    assertThat(policy.notes()).isEmpty();
    assertThat(policy.sees(worker(20).has(102).age(7_000))).isEmpty();
    assertThat(policy.notes()).containsExactly(new PolicyNote.LimitBelowBootSize(LIMIT, 100));
    // Grown later, it still is the only one that was seen fresh.
    assertThat(policy.sees(worker(20).has(300).age(90_000))).isEmpty();
    assertThat(policy.notes()).isEmpty();
  }

  @Test
  void aFreshWorkerThatGrowsAlreadyDoesNotGiveTheLimitUp() {
    Told policy = new Told(new Given().limit(100).samplesOver(4));

    policy.sees(worker(20).has(110).age(3_000));
    policy.sees(worker(20).has(113).age(8_000));
    policy.sees(worker(20).has(113).age(20_000));
    assertThat(policy.sees(worker(20).has(113).age(70_000))).hasSize(1);
    assertThat(policy.notes()).isEmpty();
  }

  @Test
  void whatAFreshWorkerHasIsKnownForEachMeasure() {
    Told policy = new Told(new Given().limit(Measure.VSZ, 900_000_000L).samplesOver(2));

    policy.sees(worker(20).age(5_000));
    assertThat(policy.sees(worker(20).age(10_000))).isEmpty();
    assertThat(policy.notes()).hasSize(1);
  }

  @Test
  void theHardLimitIsDecidedAtOnceAndOnceMoreForWhoeverIsLeavingAlready() {
    Told policy = new Told(new Given().limit(100).samplesOver(2).hardLimit(300));
    Reason.OverHardLimit hard = new Reason.OverHardLimit(new Limit(Measure.PRIVATE, 300), 300);

    assertThat(policy.sees(worker(20).has(299), worker(21).has(300)))
        .containsExactly(new Decision.HardLimit(id(21), hard));
    assertThat(policy.sees(worker(20).has(299), worker(21).has(400)))
        .containsExactly(new Decision.Retire(id(20), new Reason.OverLimit(LIMIT, 299, 2)));
    assertThat(policy.sees(worker(20).has(300), worker(21).has(400)))
        .containsExactly(new Decision.HardLimit(id(20), hard));
    assertThat(policy.sees(worker(20).has(500), worker(21).has(500))).isEmpty();
  }

  @Test
  void aHardLimitBelowWhatAFreshWorkerHasIsNotActedOnEither() {
    Told policy = new Told(new Given().hardLimit(300));

    assertThat(policy.sees(worker(20).has(400).boot(300))).isEmpty();
    assertThat(policy.notes())
        .containsExactly(
            new PolicyNote.HardLimitBelowBootSize(new Limit(Measure.PRIVATE, 300), 300));
  }

  @Test
  void settingsThatContradictThemselvesAreRefused() {
    assertThatThrownBy(() -> new Given().limit(100).hardLimit(100).settings())
        .hasMessageContaining("not above");
    assertThatThrownBy(() -> new Given().limit(100).samplesOver(0).settings())
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Given().budget(0).settings()).hasMessage("a budget of 0");
    assertThatThrownBy(() -> new Given().jitter(0.6).settings()).hasMessageContaining("jitter");
    assertThatThrownBy(() -> new Given().jitter(Double.NaN).settings())
        .hasMessageContaining("jitter");
  }
}
