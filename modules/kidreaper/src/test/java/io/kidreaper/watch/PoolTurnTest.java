package io.kidreaper.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.linux.Attention;
import io.kidreaper.linux.Libc;
import io.kidreaper.linux.MemberSource;
import io.kidreaper.linux.NativeLibc;
import io.kidreaper.linux.ProcFs;
import io.kidreaper.linux.Sampler;
import io.kidreaper.linux.SystemFacts;
import io.kidreaper.memory.Detail;
import io.kidreaper.memory.Limit;
import io.kidreaper.memory.Measure;
import io.kidreaper.memory.Rollup;
import io.kidreaper.memory.Sample;
import io.kidreaper.policy.PolicySettings;
import io.kidreaper.policy.PolicyState;
import io.kidreaper.policy.Reason;
import io.kidreaper.policy.Restraint;
import io.kidreaper.pool.Duty;
import io.kidreaper.pool.Member;
import io.kidreaper.pool.PoolReading;
import io.kidreaper.pool.ProcessId;
import io.kidreaper.pool.Snapshot;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A turn that finds everything as it was does nothing more, and one that does not, does. */
class PoolTurnTest {
  private static final long MB = 1L << 20;
  private static final ProcessId MANAGER = new ProcessId(10, 1);
  private static final ProcessId WORKER = new ProcessId(20, 2);

  private static final Restraint AT_ONCE = new Restraint(1, 0, 0, 0, 60_000, 10_000, 0);

  private final List<ProcessId> retired = new ArrayList<>();
  private long rssBytes = 20 * MB;
  private Detail detail = new Detail.NotRead();
  private int completed;
  private boolean eyeRests = true;
  private long nowMillis = 1_000_000;

  private PoolTurn turn(PolicySettings limits) {
    Libc libc = new NativeLibc();
    ProcFs proc = new ProcFs(libc, Path.of("/nonexistent"));
    PoolTurn.Pace pace = new PoolTurn.Pace(1_000, 3_600_000, 1);
    MemberSource source =
        new MemberSource() {
          @Override
          public PoolReading read(Attention attention) {
            return new PoolReading.Read(
                new Snapshot(
                    MANAGER, List.of(new Member(WORKER, new Sample(0, rssBytes, detail)))));
          }

          @Override
          public void close() {}
        };
    PoolTurn.Eye eye =
        new PoolTurn.Eye() {
          @Override
          public Snapshot complete(Snapshot snapshot, boolean whole) {
            completed++;
            return snapshot;
          }

          @Override
          public boolean isAtRest() {
            return eyeRests;
          }
        };
    PoolTurn.Actor actor =
        new PoolTurn.Actor() {
          @Override
          public boolean retire(ProcessId worker, Reason reason) {
            return retired.add(worker);
          }

          @Override
          public boolean hardLimit(ProcessId worker, Reason.OverHardLimit reason, long millis) {
            return false;
          }
        };
    return new PoolTurn(
        new Sampler(
            source,
            proc,
            new SystemFacts(4096, 100, 0),
            pace.plan(limits),
            _ -> Duty.UNKNOWN,
            () -> 0,
            nowMillis),
        eye,
        actor,
        (_, _) -> {},
        pace,
        limits,
        PolicyState.of(1));
  }

  private int completedIn(PoolTurn turn, PolicySettings limits) {
    int before = completed;
    nowMillis += 1_000;
    var _ = turn.take(limits, nowMillis);
    return completed - before;
  }

  private static PolicySettings limit(long bytes) {
    return PolicySettings.none(AT_ONCE).withLimit(Optional.of(new Limit(Measure.PRIVATE, bytes)));
  }

  @Test
  void whatIsAsItWasIsNotGoneThroughAgain() {
    PolicySettings limits = limit(100 * MB);
    try (PoolTurn turn = turn(limits)) {
      assertThat(completedIn(turn, limits)).isOne();
      assertThat(completedIn(turn, limits)).isZero();
      assertThat(completedIn(turn, limits)).isZero();

      rssBytes += 4096;
      assertThat(completedIn(turn, limits)).as("it grew").isOne();
      assertThat(turn.measured().of(WORKER).rssBytes()).hasValue(20 * MB + 4096);
      assertThat(completedIn(turn, limits)).isZero();

      eyeRests = false;
      assertThat(completedIn(turn, limits)).as("there is something to find out").isOne();
    }
  }

  @Test
  void whoGetsOverTheLimitIsFoundAndSoIsALimitThatIsLowered() {
    PolicySettings limits = limit(100 * MB);
    try (PoolTurn turn = turn(limits)) {
      for (int i = 0; i < 5; i++) {
        int _ = completedIn(turn, limits);
      }
      assertThat(retired).isEmpty();
      detail = new Rollup(0, 0, 0, 0, 0, 60 * MB, 60 * MB, 0, 0, 0);
      for (int i = 0; i < 10; i++) {
        int _ = completedIn(turn, limits);
      }
      assertThat(retired).isEmpty();
      PolicySettings lower = limit(50 * MB);
      for (int i = 0; i < 10 && retired.isEmpty(); i++) {
        int _ = completedIn(turn, lower);
      }
      assertThat(retired).containsExactly(WORKER);
    }
  }
}
