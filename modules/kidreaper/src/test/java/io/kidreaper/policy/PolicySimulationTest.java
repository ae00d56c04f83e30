package io.kidreaper.policy;

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
import io.kidreaper.pool.ProcessId;
import io.kidreaper.pool.Snapshot;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Thousands of pools in a made-up world: workers boot, leak, idle, crash, cannot be read, refuse to
 * go and are replaced sooner or later. What the policy promises is looked at after every step; then
 * the leaks end and the pool must come to rest. A failure names its seed.
 */
class PolicySimulationTest {
  private static final int POOLS = 2_000;
  private static final int STORMY_STEPS = 200;
  private static final int CALM_STEPS = 4_000;
  private static final int QUIET_STEPS = 100;
  private static final long REST_MILLIS = 60_000;

  @Test
  void everyPoolIsTreatedAsPromisedInAnyWeatherAndComesToRest() {
    long first = System.nanoTime();
    Set<String> words = new HashSet<>();
    for (long seed = first; seed < first + POOLS; seed++) {
      new World(seed, words).run();
    }
    // A world in which some reason never comes about would show nothing of it.
    assertThat(words)
        .as("first seed %d", first)
        .contains("limit", "budget", "requests", "age", "idle", "hard-limit", "frozen", "resumed")
        .contains("at-rest")
        .contains("limit-below-boot-size", "hard-limit-below-boot-size", "budget-out-of-reach");
  }

  private static final class Worker {
    final ProcessId id;
    final long bornMillis;
    long ownBytes;
    long requests;
    boolean starting;
    boolean busy;
    boolean leaving;
    boolean decided;
    boolean decidedHard;

    Worker(ProcessId id, long bornMillis, long ownBytes, boolean starting) {
      this.id = id;
      this.bornMillis = bornMillis;
      this.ownBytes = ownBytes;
      this.starting = starting;
    }
  }

  private static final class World {
    private final long seed;
    private final Random random;
    private final Set<String> words;
    private final PolicySettings settings;
    private final PoolPolicy policy;
    private final boolean readiness;
    private final long bootBytes;
    private final int wanted;
    private final List<Worker> workers = new ArrayList<>();
    private PolicyState state;
    private long now = 5_000_000;
    private int nextPid = 100;
    private boolean leaking = true;
    private int forMemory;
    private long lastDecision = Long.MIN_VALUE / 2;

    World(long seed, Set<String> words) {
      this.seed = seed;
      this.random = new Random(seed);
      this.words = words;
      this.bootBytes = mib(10 + random.nextInt(60));
      this.wanted = 1 + random.nextInt(10);
      this.readiness = random.nextBoolean();
      this.settings = settings();
      this.policy = new PoolPolicy(settings);
      this.state = PolicyState.of(seed);
    }

    private static long mib(long count) {
      return count << 20;
    }

    private PolicySettings settings() {
      Optional<Limit> limit = maybe(20 + random.nextInt(100));
      long above = limit.map(it -> it.bytes() >> 20).orElse(20L);
      return new PolicySettings(
          limit,
          1 + random.nextInt(3),
          maybe(above + 1 + random.nextInt(100)),
          random.nextBoolean()
              ? OptionalLong.of(mib(1 + random.nextInt(100) * (long) wanted))
              : OptionalLong.empty(),
          random.nextInt(3) == 0 ? OptionalLong.of(500) : OptionalLong.empty(),
          random.nextInt(3) == 0 ? OptionalLong.of(600_000) : OptionalLong.empty(),
          random.nextInt(3) == 0 ? OptionalLong.of(60_000) : OptionalLong.empty(),
          random.nextInt(6) / 10.0,
          readiness
              ? Restraint.MANAGED
              : new Restraint(
                  1 + random.nextInt(3),
                  random.nextInt(4),
                  random.nextInt(3) * 2_000L,
                  random.nextInt(2) * 10_000L,
                  60_000,
                  10_000,
                  random.nextInt(4)));
    }

    private Optional<Limit> maybe(long mebibytes) {
      return random.nextInt(3) > 0
          ? Optional.of(new Limit(Measure.PRIVATE, mib(mebibytes)))
          : Optional.empty();
    }

    void run() {
      for (int i = 0; i < STORMY_STEPS; i++) {
        now += 500 + random.nextInt(2_000);
        weather();
        look(random.nextInt(4) > 0);
      }
      leaking = false;
      comeToRest();
    }

    private void weather() {
      for (Worker worker : workers) {
        worker.busy = leaking && random.nextBoolean();
        if (!worker.starting && leaking) {
          worker.requests += worker.busy ? 1 + random.nextInt(10) : 0;
          worker.ownBytes += worker.busy ? random.nextInt(3_000_000) : 0;
        }
        worker.starting &= random.nextInt(3) > 0;
      }
      // Some leave as they were told to, some crash, some retirements are given up.
      workers.removeIf(worker -> worker.leaving && random.nextInt(3) == 0);
      if (leaking) {
        workers.removeIf(_ -> random.nextInt(200) == 0);
        workers.stream()
            .filter(worker -> worker.leaving && random.nextInt(10) == 0)
            .findFirst()
            .ifPresent(worker -> {
              worker.leaving = false;
              worker.decided = false;
              worker.decidedHard = false;
              hear(new Report.Stayed(worker.id));
            });
        if (random.nextInt(100) == 0) {
          hear(new Report.ManagerLost("gone"));
        }
      }
      if (state.frozen().isPresent() && random.nextInt(20) == 0) {
        hear(new Report.Resumed());
      }
      long staying = workers.stream().filter(worker -> !worker.leaving).count();
      if (staying < wanted && random.nextInt(3) > 0) {
        ProcessId id = new ProcessId(nextPid++, now / 10);
        workers.add(new Worker(id, now, bootBytes, readiness));
      }
    }

    private void hear(Report report) {
      PoolPolicy.Step step = policy.hear(state, report, now);
      state = step.state();
      assertThat(step.decisions()).isEmpty();
      step.notes().forEach(this::told);
    }

    private void told(PolicyNote note) {
      assertThat(note.text()).as("seed %d", seed).isNotBlank();
      words.add(note.topic().split(" ", 2)[0]);
    }

    private void look(boolean readable) {
      List<Member> members = workers.stream().map(worker -> member(worker, readable)).toList();
      PolicyState before = state;
      PoolPolicy.Step step = policy.step(state, new Snapshot(new ProcessId(1, 1), members), now);
      state = step.state();
      step.notes().forEach(this::told);
      check(before, step.decisions(), members);
      if (random.nextInt(20) == 0) {
        assertThat(policy.step(before, new Snapshot(new ProcessId(1, 1), members), now))
            .as("seed %d: the same again gives the same", seed)
            .isEqualTo(step);
      }
      if (policy.isAtRest(state, now)) {
        words.add("at-rest");
        assertThat(
                policy.step(state, new Snapshot(new ProcessId(1, 1), members), now + REST_MILLIS))
            .as("seed %d: at rest nothing follows from the same, later", seed)
            .isEqualTo(new PoolPolicy.Step(state, List.of(), List.of(), false));
      }
    }

    private Member member(Worker worker, boolean readable) {
      Duty duty =
          new Duty(
              worker.starting
                  ? Occupation.STARTING
                  : worker.busy
                      ? Occupation.BUSY
                      : readiness ? Occupation.IDLE : Occupation.UNKNOWN,
              OptionalLong.of(worker.requests),
              OptionalLong.empty(),
              readiness && !worker.starting ? OptionalLong.of(bootBytes) : OptionalLong.empty());
      return new Member(
          worker.id, reading(worker, readable), OptionalLong.of(now - worker.bornMillis), duty);
    }

    private Reading reading(Worker worker, boolean readable) {
      if (!leaking || (readable && random.nextInt(50) > 0)) {
        long shared = mib(40) / Math.max(1, workers.size());
        return new Sample(
            mib(900),
            mib(600),
            new Rollup(
                mib(600), worker.ownBytes + shared, 0, mib(40), 0, worker.ownBytes, 0, 0, 0, 0));
      }
      return switch (random.nextInt(4)) {
        case 0 -> new Reading.Unreadable("EIO");
        case 1 -> new Sample(mib(900), mib(600), new Detail.Unreadable("EACCES"));
        default -> new Sample(mib(900), mib(10), new Detail.NotRead());
      };
    }

    private void check(PolicyState before, List<Decision> decided, List<Member> members) {
      long leftBefore =
          workers.stream().filter(worker -> !worker.starting && !worker.decided).count();
      int soft = 0;
      int budgetOrIdle = 0;
      for (Decision decision : decided) {
        forMemory += decision.reason() instanceof Reason.OldEnough ? 0 : 1;
        words.add(decision.reason().word());
        assertThat(decision.reason().text()).isNotBlank();
        Worker worker =
            workers.stream()
                .filter(it -> it.id.equals(decision.worker()))
                .findFirst()
                .orElseThrow(() -> new AssertionError("seed " + seed + ": decided a stranger"));
        Member member = members.get(workers.indexOf(worker));
        assertThat(worker.starting).as("seed %d: a newborn", seed).isFalse();
        assertJust(decision.reason(), member);
        assertThat(state.isCondemned(worker.id)).as("seed %d", seed).isTrue();
        boolean hard = decision instanceof Decision.HardLimit;
        assertThat(hard ? worker.decidedHard : worker.decided)
            .as("seed %d: decided twice", seed)
            .isFalse();
        if (!worker.decided) {
          leftBefore--;
          assertThat(leftBefore)
              .as("seed %d: too few are left", seed)
              .isGreaterThanOrEqualTo(settings.restraint().keepWorkers());
        }
        if (!hard) {
          soft++;
          assertThat(now - lastDecision)
              .as("seed %d: too soon", seed)
              .isGreaterThanOrEqualTo(settings.restraint().gapMillis());
        }
        switch (decision.reason()) {
          case Reason.OverBudget _, Reason.IdleAndGrown _ -> budgetOrIdle++;
          case Reason.OverLimit _,
              Reason.OverHardLimit _,
              Reason.EnoughRequests _,
              Reason.OldEnough _ -> {}
        }
        worker.decided = true;
        worker.decidedHard |= hard;
        worker.leaving = true;
      }
      if (budgetOrIdle > 0) {
        assertThat(decided).as("seed %d: not alone", seed).hasSize(1);
        assertThat(state.leaving()).as("seed %d: others are leaving", seed).isEqualTo(1);
      }
      if (soft > 0) {
        assertThat(state.leaving())
            .as("seed %d: too many are leaving", seed)
            .isLessThanOrEqualTo(
                Math.max(
                    settings.restraint().atMostLeaving(),
                    before.leaving() + decided.size() - soft));
      }
      if (before.frozen().isPresent()) {
        assertThat(decided).as("seed %d: frozen", seed).isEmpty();
      }
      if (!decided.isEmpty()) {
        lastDecision = now;
      }
    }

    /** By the figures of this very snapshot, looked at without the policy's help. */
    private void assertJust(Reason reason, Member member) {
      String seeded = "seed " + seed + ": " + reason;
      OptionalLong own = member.value(Measure.PRIVATE);
      long age = member.ageMillis().orElseThrow();
      switch (reason) {
        case Reason.OverLimit(Limit limit, long value, int samples) -> {
          assertThat(own).as(seeded).hasValue(value);
          assertThat(value).as(seeded).isGreaterThanOrEqualTo(limit.bytes());
          assertThat(samples).as(seeded).isGreaterThanOrEqualTo(settings.samplesOver());
          assertThat(limit).as(seeded).isEqualTo(settings.limit().orElseThrow());
        }
        case Reason.OverHardLimit(Limit limit, long value) -> {
          assertThat(own).as(seeded).hasValue(value);
          assertThat(value).as(seeded).isGreaterThanOrEqualTo(limit.bytes());
          assertThat(limit).as(seeded).isEqualTo(settings.hardLimit().orElseThrow());
        }
        case Reason.OverBudget(long budget, long pool, long bytes) -> {
          assertThat(own).as(seeded).hasValue(bytes);
          assertThat(pool).as(seeded).isGreaterThanOrEqualTo(budget);
          assertThat(settings.budgetBytes()).as(seeded).hasValue(budget);
        }
        case Reason.EnoughRequests(long requests, long drawn) -> {
          assertThat(member.duty().requests()).as(seeded).hasValue(requests);
          assertThat(requests).as(seeded).isGreaterThanOrEqualTo(drawn);
          assertThat((double) drawn).as(seeded).isBetween(250.0, 500.0);
        }
        case Reason.OldEnough(long told, long drawn) -> {
          assertThat(told).as(seeded).isEqualTo(age).isGreaterThanOrEqualTo(drawn);
          assertThat((double) drawn).as(seeded).isBetween(300_000.0, 600_000.0);
        }
        case Reason.IdleAndGrown(long idle, long bytes, long boot) -> {
          assertThat(idle).as(seeded).isGreaterThanOrEqualTo(60_000);
          assertThat(own).as(seeded).hasValue(bytes);
          assertThat(bytes).as(seeded).isGreaterThan(boot);
        }
      }
      assertThat(age).as(seeded).isGreaterThanOrEqualTo(settings.restraint().minAgeMillis());
    }

    /** Nobody leaks any more: only age may still send workers away. */
    private void comeToRest() {
      int quiet = 0;
      for (int i = 0; i < CALM_STEPS && quiet < QUIET_STEPS; i++) {
        now += 1_000;
        weather();
        int before = forMemory;
        look(true);
        quiet = forMemory == before ? quiet + 1 : 0;
      }
      assertThat(quiet).as("seed %d goes on for ever: %s", seed, settings).isEqualTo(QUIET_STEPS);
      if (readiness && state.frozen().isEmpty()) {
        assertNobodyIsForgotten();
      }
    }

    private void assertNobodyIsForgotten() {
      OptionalLong limit =
          settings.limit().stream().mapToLong(Limit::bytes).filter(it -> it > bootBytes).findAny();
      long pool = mib(40);
      for (Worker worker : workers) {
        if (!worker.decided && !worker.starting && limit.isPresent()) {
          assertThat(worker.ownBytes)
              .as("seed %d: over the limit for good", seed)
              .isLessThan(limit.getAsLong());
        }
        pool += worker.ownBytes;
      }
      if (settings.budgetBytes().isPresent() && pool >= settings.budgetBytes().getAsLong()) {
        assertThat(workers.stream().filter(it -> !it.decided))
            .as("seed %d: over the budget for good", seed)
            .noneMatch(worker -> worker.ownBytes > bootBytes * 5 / 4);
      }
    }
  }
}
