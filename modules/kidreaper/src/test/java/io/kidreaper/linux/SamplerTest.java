package io.kidreaper.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.memory.Detail;
import io.kidreaper.memory.Limit;
import io.kidreaper.memory.Measure;
import io.kidreaper.memory.Reading;
import io.kidreaper.memory.Rollup;
import io.kidreaper.memory.Sample;
import io.kidreaper.pool.Duty;
import io.kidreaper.pool.Member;
import io.kidreaper.pool.Occupation;
import io.kidreaper.pool.PoolReading;
import io.kidreaper.pool.ProcessId;
import io.kidreaper.pool.Snapshot;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SamplerTest {
  private static final ProcessId MANAGER = new ProcessId(10, 1010);
  private static final long PAGE = 4096;
  private static final long MB = 1 << 20;
  private static final long EVERY = 1_000;

  /** An hour after all of them began, so that nobody's boot size is asked for. */
  private static final long LONG_AFTER = 3_600;

  @TempDir private Path root;

  private final List<ProcessId> ids = new ArrayList<>();
  private final AtomicLong cpuNanos = new AtomicLong();
  private FakeProc proc;
  private Optional<Limit> limit = Optional.of(new Limit(Measure.PRIVATE, 100 * MB));
  private OptionalLong wholeEvery = OptionalLong.empty();
  private boolean stirs;
  private Duty duty = Duty.UNKNOWN;
  private long costNanos;
  private long now = 1_000_000;

  @BeforeEach
  void aMachineWithoutSwap() {
    proc = new FakeProc(root).file("meminfo", KernelText.file("no-swap.meminfo"));
    uptime(LONG_AFTER);
  }

  private void uptime(long seconds) {
    proc.file("uptime", "%d.50 7.00\n".formatted(seconds));
  }

  /** Started so many ticks after boot, a hundred of them a second. */
  private static ProcessId id(int pid) {
    return new ProcessId(pid, 1_000L + pid);
  }

  private void worker(int pid, long rssMb, long privateMb, long faults) {
    stat(pid, faults, 1_000L + pid);
    proc.file(pid + "/statm", "999999 %d 1 1 0 1 0\n".formatted(rssMb * MB / PAGE));
    proc.file(
        pid + "/smaps_rollup",
        KernelText.fileWith("worker.smaps_rollup", "Private_Dirty", privateMb * 1024 - 32 + " kB"));
    if (!ids.contains(id(pid))) {
      ids.add(id(pid));
    }
  }

  private void stat(int pid, long faults, long startTicks) {
    proc.file(
        pid + "/stat",
        "%d (w) S 10 1 1 0 -1 64 %d 0 0 0 0 0 0 0 20 0 1 0 %d 4096 1 \n"
            .formatted(pid, faults, startTicks));
  }

  private Sampler sampler() {
    return sampler(
        new GivenMembers(
            proc.fs(), new NativeLibc(), new SystemFacts(PAGE, 100, 0), MANAGER, () -> ids));
  }

  private Sampler sampler(MemberSource source) {
    SystemFacts facts = new SystemFacts(PAGE, 100, 0);
    return new Sampler(
        source,
        proc.fs(),
        facts,
        new SamplingPlan(EVERY, wholeEvery, limit, stirs, 0.01),
        _ -> duty,
        () -> cpuNanos.getAndAdd(costNanos),
        now);
  }

  private List<Member> next(Sampler sampler) {
    now += EVERY;
    return members(sampler.take(now));
  }

  private static List<Member> members(Taken taken) {
    return switch (taken.reading()) {
      case PoolReading.Read(Snapshot snapshot) -> snapshot.members();
      case PoolReading other -> throw new AssertionError("not read: " + other);
    };
  }

  private boolean readsDetail(Sampler sampler) {
    Member only = next(sampler).getFirst();
    return switch (only.memory()) {
      case Sample(_, _, Rollup _) -> true;
      case Sample(_, _, Detail.NotRead()) -> false;
      case Reading other -> throw new AssertionError(other.toString());
    };
  }

  @Test
  void aWorkerBelowTheLimitByRssIsReadCheaplyForEver() {
    worker(20, 99, 99, 0);
    try (Sampler sampler = sampler()) {
      for (int i = 0; i < 30; i++) {
        worker(20, 99, 99, i * 1_000_000L);
        assertThat(readsDetail(sampler)).isFalse();
      }
    }
  }

  @Test
  void aWorkerAboveItByWhatItSharesIsReadOnceAndThenOnlyEverySoOften() {
    worker(20, 200, 20, 5_000);
    try (Sampler sampler = sampler()) {
      List<Boolean> reads = new ArrayList<>();
      for (int i = 0; i < 21; i++) {
        reads.add(readsDetail(sampler));
      }

      assertThat(reads.getFirst()).isTrue();
      assertThat(reads.subList(1, 10)).containsOnly(false);
      assertThat(reads.get(10)).isTrue();
      assertThat(reads.subList(11, 20)).containsOnly(false);
      assertThat(reads.get(20)).isTrue();
    }
  }

  /** It has 80 MB to go: 40 of them are half of the way. */
  @ParameterizedTest
  @CsvSource({
    "200, 5000, false",
    "239, 5000, false",
    "240, 5000, true",
    "200, 15239, false",
    "200, 15240, true",
    "220, 10119, false",
    "220, 10120, true",
    "100, 15239, false",
    "100, 15240, true"
  })
  void itIsReadAgainWhenItMayHaveComeHalfOfTheWay(long rssMb, long faults, boolean reads) {
    worker(20, 200, 20, 5_000);
    try (Sampler sampler = sampler()) {
      assertThat(readsDetail(sampler)).isTrue();
      worker(20, rssMb, 20, faults);

      assertThat(readsDetail(sampler)).isEqualTo(reads);
    }
  }

  @Test
  void whoIsAtTheLimitIsReadAtEveryTick() {
    worker(20, 200, 100, 5_000);
    try (Sampler sampler = sampler()) {
      for (int i = 0; i < 5; i++) {
        assertThat(readsDetail(sampler)).isTrue();
      }
    }
  }

  @Test
  void whoseShareMovesWithItsSiblingsIsReadAtEveryTick() {
    limit = Optional.of(new Limit(Measure.PSS, 100 * MB));
    worker(20, 200, 20, 5_000);
    try (Sampler sampler = sampler()) {
      for (int i = 0; i < 5; i++) {
        assertThat(readsDetail(sampler)).isTrue();
      }
    }
  }

  @Test
  void anUnreadableCountOfFaultsIsNotNone() {
    worker(20, 200, 20, 5_000);
    try (Sampler sampler = sampler()) {
      assertThat(readsDetail(sampler)).isTrue();
      stat(20, 5_000, 77);

      assertThat(readsDetail(sampler)).isTrue();
    }
  }

  /** Started 10.2 s after boot. */
  @Test
  void aFreshWorkerIsReadOnceItHasSettledAndOnceMoreWhateverItsSize() {
    worker(20, 30, 20, 0);
    try (Sampler sampler = sampler()) {
      List<Integer> reads = new ArrayList<>();
      for (int uptime = 11; uptime < 80; uptime++) {
        uptime(uptime);
        if (readsDetail(sampler)) {
          reads.add(uptime);
        }
      }

      assertThat(reads).containsExactly(12, 17);
    }
  }

  @Test
  void everyoneHasAnAgeAndWithoutTheMachinesNobody() {
    worker(20, 30, 20, 0);
    try (Sampler sampler = sampler()) {
      assertThat(next(sampler).getFirst().ageMillis()).hasValue(3_600_500 - 10_200);
      proc.file("uptime", "3600");
      assertThat(next(sampler).getFirst().ageMillis()).isEmpty();
    }
  }

  @Test
  void oneThatCannotBeReadLeavesTheOthersWatched() {
    worker(20, 30, 20, 0);
    worker(21, 30, 20, 0);
    worker(22, 30, 20, 0);
    worker(23, 30, 20, 0);
    proc.file("21/statm", "rubbish");
    stat(22, 0, 999_999);
    ids.add(id(24));
    try (Sampler sampler = sampler()) {
      List<Member> members = next(sampler);

      assertThat(members)
          .extracting(member -> member.id().pid())
          .containsExactly(20, 21, 22, 23, 24);
      assertThat(members.get(0).memory()).isInstanceOf(Sample.class);
      assertThat(members.get(1).memory()).isInstanceOf(Reading.Unreadable.class);
      assertThat(members.get(2).memory())
          .as("another process")
          .isInstanceOf(Reading.Vanished.class);
      assertThat(members.get(3).memory()).isInstanceOf(Sample.class);
      assertThat(members.get(4).memory()).isInstanceOf(Reading.Vanished.class);
    }
  }

  @Test
  void allAreReadWhenThePoolsMemoryIsAskedFor() {
    wholeEvery = OptionalLong.of(3_000);
    worker(20, 30, 20, 0);
    try (Sampler sampler = sampler()) {
      List<Boolean> wholes = new ArrayList<>();
      List<OptionalLong> gaps = new ArrayList<>();
      for (int i = 0; i < 7; i++) {
        now += EVERY;
        Taken taken = sampler.take(now);
        wholes.add(taken.whole());
        gaps.add(taken.sinceWholeMillis());
        assertThat(members(taken).getFirst().value(Measure.PRIVATE).isPresent())
            .isEqualTo(taken.whole());
      }

      assertThat(wholes).containsExactly(true, false, false, true, false, false, true);
      assertThat(gaps.get(0)).isEmpty();
      assertThat(gaps.get(3)).hasValue(3_000);
    }
  }

  @Test
  void stirsAreReadWithThemWhereRequestsAreNotCounted() {
    wholeEvery = OptionalLong.of(3_000);
    stirs = true;
    worker(20, 30, 20, 0);
    proc.file("20/task/20/status", "voluntary_ctxt_switches:\t7\nnonvoluntary_ctxt_switches:\t9\n");
    proc.file("20/task/31/status", "voluntary_ctxt_switches:\t5\nnonvoluntary_ctxt_switches:\t9\n");
    try (Sampler sampler = sampler()) {
      assertThat(next(sampler).getFirst().duty().stirs()).hasValue(12);
      assertThat(next(sampler).getFirst().duty().stirs()).isEmpty();
      next(sampler);
      proc.file("20/task/31/status", "gone");
      assertThat(next(sampler).getFirst().duty().stirs()).isEmpty();
      proc.file("20/task/31/status", "voluntary_ctxt_switches:\t6\n");
      duty =
          new Duty(Occupation.IDLE, OptionalLong.of(3), OptionalLong.empty(), OptionalLong.empty());
      next(sampler);
      next(sampler);
      assertThat(next(sampler).getFirst().duty()).isEqualTo(duty);
    }
  }

  @Test
  void aReadingThatCostsTooMuchPutsTheNextOneOffAndSaysSo() {
    worker(20, 30, 20, 0);
    costNanos = 50_000_000;
    long begin = now;
    try (Sampler sampler = sampler()) {
      boolean stretched = false;
      for (int i = 0; i < 100; i++) {
        Taken taken = sampler.take(now);
        // At first there is the first look at the worker besides.
        assertThat(taken.cpuNanos()).isEqualTo(i == 0 ? 2 * costNanos : costNanos);
        assertThat(taken.stretched()).isEqualTo(taken.nextMillis() > EVERY);
        stretched |= taken.stretched();
        now += taken.nextMillis();
      }

      assertThat(stretched).isTrue();
      // 100 readings of 50 ms are 5 s of CPU; the first 300 ms are the credit of the beginning.
      assertThat(now - begin).isBetween(470_000L, 500_000L);
    }
  }

  @Test
  void costlyWholeReadingsComeLessOftenAndDoNotDelayTheOthers() {
    wholeEvery = OptionalLong.of(3_000);
    int wholes = 0;
    try (Sampler sampler = sampler(new CostlyInDetail())) {
      for (int i = 0; i < 600; i++) {
        Taken taken = sampler.take(now);
        wholes += taken.whole() ? 1 : 0;
        assertThat(taken.cpuNanos()).isEqualTo(taken.whole() ? 300_000_000 : 0);
        assertThat(taken.stretched()).isFalse();
        now += taken.nextMillis();
      }
    }

    // Half of 1 % of 600 s is ten of them, and one is on credit.
    assertThat(wholes).isBetween(10, 12);
  }

  private final class CostlyInDetail implements MemberSource {
    @Override
    public PoolReading read(Attention attention) {
      if (attention.wantsDetail(id(20), 0)) {
        cpuNanos.addAndGet(300_000_000);
      }
      return new PoolReading.Read(new Snapshot(MANAGER, List.of()));
    }

    @Override
    public void close() {}
  }

  @Test
  void anotherPlanIsFollowedFromTheNextReadingOn() {
    worker(20, 99, 20, 0);
    try (Sampler sampler = sampler()) {
      assertThat(readsDetail(sampler)).isFalse();
      sampler.follow(
          new SamplingPlan(
              EVERY,
              OptionalLong.empty(),
              Optional.of(new Limit(Measure.PRIVATE, 99 * MB)),
              false,
              0.01),
          now);

      assertThat(readsDetail(sampler)).isTrue();
    }
  }
}
