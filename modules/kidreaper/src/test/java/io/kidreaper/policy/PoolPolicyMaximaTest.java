package io.kidreaper.policy;

import static io.kidreaper.policy.Someone.id;
import static io.kidreaper.policy.Someone.worker;
import static io.kidreaper.policy.Told.pids;
import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.pool.Occupation;
import io.kidreaper.pool.ProcessId;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PoolPolicyMaximaTest {
  private static final long MIB = 1 << 20;

  @Test
  void whoHasServedEnoughGoes() {
    Told policy = new Told(new Given().maxRequests(1_000));

    assertThat(policy.sees(worker(20).served(999), worker(21).served(1_000)))
        .containsExactly(new Decision.Retire(id(21), new Reason.EnoughRequests(1_000, 1_000)));
  }

  @Test
  void requestsThatNobodyCountsAreNotGuessed() {
    Told policy = new Told(new Given().maxRequests(1));

    assertThat(policy.sees(worker(20))).isEmpty();
    assertThat(policy.notes()).containsExactly(new PolicyNote.RequestsNotCounted());
    assertThat(policy.sees(worker(20))).isEmpty();
    assertThat(policy.notes()).isEmpty();
  }

  @Test
  void whoIsOldEnoughGoesAndWhoseAgeIsUnknownDoesNot() {
    Told policy = new Told(new Given().maxAge(60_000));

    assertThat(policy.sees(worker(20).age(59_999), worker(21).age(60_000), worker(22).ageUnknown()))
        .containsExactly(new Decision.Retire(id(21), new Reason.OldEnough(60_000, 60_000)));
  }

  @Test
  void jitterTakesUpToItsShareOffAndDrawsOncePerWorker() {
    long[] drawn =
        IntStream.range(0, 2_000)
            .mapToLong(i -> Jitter.drawn(10_000, 0.1, 42, new ProcessId(100 + i, 5_000)))
            .toArray();

    assertThat(LongStream.of(drawn).min().orElseThrow()).isBetween(9_000L, 9_010L);
    assertThat(LongStream.of(drawn).max().orElseThrow()).isBetween(9_990L, 10_000L);
    assertThat(LongStream.of(drawn).average().orElseThrow()).isBetween(9_470.0, 9_530.0);
    assertThat(LongStream.of(drawn).distinct().count()).isGreaterThan(800);
    assertThat(Jitter.drawn(10_000, 0.1, 42, new ProcessId(100, 5_000))).isEqualTo(drawn[0]);
    assertThat(Jitter.drawn(10_000, 0.1, 43, new ProcessId(100, 5_000))).isNotEqualTo(drawn[0]);
    assertThat(Jitter.drawn(10_000, 0, 42, new ProcessId(100, 5_000))).isEqualTo(10_000);
    assertThat(Jitter.drawn(1, 0.5, 42, new ProcessId(100, 5_000))).isEqualTo(1);
  }

  @Test
  void workersThatStartedTogetherDoNotGoTogether() {
    Told policy = new Told(new Given().maxAge(3_600_000).jitter(0.1));
    int most = 0;
    for (long age = 3_200_000; age <= 3_600_000; age += 5_000) {
      most =
          Math.max(
              most,
              policy
                  .sees(
                      worker(20).age(age),
                      worker(21).age(age),
                      worker(22).age(age),
                      worker(23).age(age),
                      worker(24).age(age))
                  .size());
    }

    assertThat(most).isEqualTo(1);
    assertThat(policy.state().leaving()).isEqualTo(5);
  }

  @Test
  void whoHasNotStirredForLongAndHasGrownIsReplaced() {
    Told policy = new Told(new Given().idleRetire(300_000));
    policy.sees(worker(20).has(40 * MIB).boot(20 * MIB).stirred(7));

    assertThat(policy.after(299_999).sees(worker(20).has(40 * MIB).boot(20 * MIB).stirred(7)))
        .isEmpty();
    assertThat(policy.after(1).sees(worker(20).has(40 * MIB).boot(20 * MIB).stirred(7)))
        .containsExactly(
            new Decision.Retire(id(20), new Reason.IdleAndGrown(300_000, 40 * MIB, 20 * MIB)));
  }

  @Test
  void aStirBeginsTheWaitAnewAndALookThatDidNotAskDoesNot() {
    Told policy = new Told(new Given().idleRetire(300_000));
    policy.sees(worker(20).has(40 * MIB).boot(20 * MIB).stirred(7));
    policy.after(200_000).sees(worker(20).has(40 * MIB).boot(20 * MIB).stirred(8));
    policy.after(200_000).sees(worker(20).has(40 * MIB).boot(20 * MIB));

    assertThat(policy.sees(worker(20).has(40 * MIB).boot(20 * MIB).stirred(8))).isEmpty();
    assertThat(policy.after(100_000).sees(worker(20).has(40 * MIB).boot(20 * MIB).stirred(8)))
        .hasSize(1);
  }

  @Test
  void aCountOfRequestsSaysWhoIsIdleTooAndWhoIsBusyIsNot() {
    Told policy = new Told(new Given().idleRetire(300_000));
    Someone idle = worker(20).has(40 * MIB).boot(20 * MIB).served(7);
    Someone busy = worker(21).has(40 * MIB).boot(20 * MIB).served(7).is(Occupation.BUSY);
    policy.sees(idle, busy);

    assertThat(pids(policy.after(300_000).sees(idle, busy))).containsExactly(20);
  }

  @Test
  void anIdleWorkerThatAFreshOneWouldNotBeSmallerThanStays() {
    Told policy = new Told(new Given().idleRetire(300_000));
    Someone[] workers = {
      worker(20).has(20 * MIB).boot(20 * MIB).stirred(1),
      worker(21).has(21 * MIB).boot(20 * MIB).stirred(1),
      worker(22).has(MIB).boot(MIB / 2).stirred(1),
      worker(23).has(90 * MIB).stirred(1),
      worker(24).notRead().boot(1).stirred(1),
    };
    policy.sees(workers);

    assertThat(policy.after(300_000).sees(workers)).isEmpty();
  }

  @Test
  void idleOnesGoOneAtATimeTheLargestFirst() {
    Told policy = new Told(new Given().idleRetire(300_000));
    Someone small = worker(20).has(40 * MIB).boot(20 * MIB).stirred(7);
    Someone large = worker(21).has(50 * MIB).boot(20 * MIB).stirred(7);
    policy.sees(small, large);

    assertThat(pids(policy.after(300_000).sees(small, large))).containsExactly(21);
    assertThat(policy.sees(small, large)).isEmpty();
    assertThat(policy.sees(small)).isEmpty();
    assertThat(pids(policy.sees(small, worker(22).boot(5).stirred(1)))).containsExactly(20);
  }

  @Test
  void everyReasonHasItsWordAndItsSentence() {
    List<Reason> reasons =
        List.of(
            new Reason.EnoughRequests(1_000, 960),
            new Reason.OldEnough(60_000, 59_000),
            new Reason.IdleAndGrown(300_000, 40 * MIB, 20 * MIB),
            new Reason.OverBudget(100 * MIB, 101 * MIB, 40 * MIB));

    assertThat(reasons)
        .extracting(Reason::word)
        .containsExactly("requests", "age", "idle", "budget");
    assertThat(reasons)
        .extracting(Reason::text)
        .containsExactly(
            "1000 requests of its 960",
            "60 s old of its 59",
            "idle for 300 s and grown from 20.0M to 40.0M",
            "the pool has at least 101.0M of a budget of 100.0M; it has the most of those idle, 40.0M");
  }
}
