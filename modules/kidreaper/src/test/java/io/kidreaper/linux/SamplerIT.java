package io.kidreaper.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kidreaper.memory.Limit;
import io.kidreaper.memory.Measure;
import io.kidreaper.memory.Sample;
import io.kidreaper.pool.Duty;
import io.kidreaper.pool.Member;
import io.kidreaper.pool.PoolReading;
import io.kidreaper.pool.ProcessId;
import io.kidreaper.pool.Snapshot;
import io.kidreaper.testbed.Command;
import io.kidreaper.testbed.ProcessInfo;
import io.kidreaper.testbed.Session;
import io.kidreaper.testbed.Site;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** The sampler on real processes of this kernel. */
class SamplerIT {
  private static final long MB = 1 << 20;
  private static final int EVERY = 1_000;

  /**
   * Children of a parent that has loaded some megabytes; on USR1 a child writes to all of them,
   * page by page, which makes them its own and changes neither its RSS nor its size. It says so.
   */
  private static final String POOL =
      """
      $| = 1; my ($mb, $children) = @ARGV;
      my $loaded = 'x' x ($mb << 20);
      for (1 .. $children) {
        next if fork;
        $SIG{USR1} = sub {
          for (my $i = 0; $i < length $loaded; $i += 4096) { substr($loaded, $i, 1) = 'y' }
          print "unshared\\n";
        };
        print "ready\\n";
        sleep 60;
        sleep 60;
        exit;
      }
      sleep 120;
      """;

  private final NativeLibc libc = new NativeLibc();
  private final ProcFs proc = new ProcFs(libc, Path.of("/proc"));
  private final SystemFacts facts = SystemFacts.read(proc);
  private long now = 1_000_000;

  private static Session start(Site site, int megabytes, int children) {
    Session session = site.run("pool", Command.of("perl", "-e", POOL, megabytes, children));
    awaitLines(session, "ready", children);
    return session;
  }

  private static void awaitLines(Session session, String line, int count) {
    await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> session.wholeLog().lines().filter(line::equals).count() >= count);
  }

  private static List<ProcessId> children(Session session) {
    return ProcessInfo.childrenOf(session.pid()).stream()
        .map(child -> new ProcessId(child.pid(), child.startTicks()))
        .toList();
  }

  private Sampler sampler(Session session, SamplingPlan plan) {
    List<ProcessId> ids = children(session);
    ProcessId manager =
        new ProcessId(session.pid(), ProcessInfo.of(session.pid()).orElseThrow().startTicks());
    return new Sampler(
        new GivenMembers(proc, libc, facts, manager, () -> ids),
        proc,
        facts,
        plan,
        _ -> Duty.UNKNOWN,
        CpuClock.ofThread(),
        now);
  }

  private static SamplingPlan plan(OptionalLong whole, long limitMb, double share) {
    return new SamplingPlan(
        EVERY, whole, Optional.of(new Limit(Measure.PRIVATE, limitMb * MB)), false, share);
  }

  private static List<Member> members(Taken taken) {
    return switch (taken.reading()) {
      case PoolReading.Read(Snapshot snapshot) -> snapshot.members();
      case PoolReading other -> throw new AssertionError("not read: " + other);
    };
  }

  private Member first(Sampler sampler) {
    now += EVERY;
    return members(sampler.take(now)).getFirst();
  }

  private static long rss(Member member) {
    return switch (member.memory()) {
      case Sample sample -> sample.rssBytes();
      default -> throw new AssertionError(member.toString());
    };
  }

  @Test
  void copyOnWriteGrowthIsSeenAtTheNextTickThoughRssIsFlat() {
    try (Site site = Site.open("sampler")) {
      Session session = start(site, 64, 1);
      try (Sampler sampler = sampler(session, plan(OptionalLong.empty(), 40, 0.5))) {
        // Whatever its age makes of it, it is read in detail by now, and then let be.
        Member before = first(sampler);
        for (int i = 0; i < 3 && before.value(Measure.PRIVATE).isEmpty(); i++) {
          before = first(sampler);
        }
        assertThat(before.value(Measure.PRIVATE).orElseThrow()).isLessThan(20 * MB);
        long rssBefore = rss(before);
        session(session, "USR1");

        Member after = first(sampler);

        assertThat(after.value(Measure.PRIVATE).orElseThrow()).isGreaterThan(64 * MB);
        assertThat(rss(after)).isBetween(rssBefore - 2 * MB, rssBefore + 4 * MB);
      }
    }
  }

  private static void session(Session session, String signal) {
    int pid = children(session).getFirst().pid();
    Command.of("kill", "-" + signal, pid).runIn(Path.of("/"));
    awaitLines(session, "unshared", 1);
  }

  @Test
  void aCrowdIsWatchedWithinItsShareOfOneCpu() {
    try (Site site = Site.open("sampler")) {
      Session session = start(site, 16, 200);
      double share = 0.01;
      try (Sampler sampler = sampler(session, plan(OptionalLong.of(5_000), 10, share))) {
        long begin = now;
        long cpu = 0;
        List<Long> cheap = new ArrayList<>();
        List<Long> whole = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
          Taken taken = sampler.take(now);
          assertThat(members(taken)).hasSize(200);
          cpu += taken.cpuNanos();
          (taken.whole() ? whole : cheap).add(taken.cpuNanos());
          now += taken.nextMillis();
        }
        double seconds = (now - begin) / 1000.0;

        assertThat(whole.size()).isGreaterThan(1);
        // What half a minute's credit and the last reading may have been beyond it.
        assertThat(cpu / 1e9).isLessThan(share * (seconds + 30) + 1);
        System.out.printf(
            "200 workers, 300 readings in %.0f s of its clock: %.0f ms CPU;"
                + " the median of %d cheap ones %.2f ms, of %d whole ones %.2f ms%n",
            seconds, cpu / 1e6, cheap.size(), median(cheap), whole.size(), median(whole));
      }
    }
  }

  private static double median(List<Long> nanos) {
    return nanos.stream().sorted().toList().get(nanos.size() / 2) / 1e6;
  }

  @Test
  void theThreadsOwnTimeGrowsByItsOwnWork() {
    CpuClock cpu = CpuClock.ofThread();
    long before = cpu.getAsLong();
    for (int i = 0; i < 300; i++) {
      proc.smapsRollup((int) ProcessHandle.current().pid());
    }

    assertThat(cpu.getAsLong() - before).isGreaterThan(100_000);
  }
}
