package io.kidreaper.cli;

import io.kidreaper.memory.Detail;
import io.kidreaper.memory.Limit;
import io.kidreaper.memory.Measure;
import io.kidreaper.memory.Reading;
import io.kidreaper.memory.Rollup;
import io.kidreaper.memory.Sample;
import io.kidreaper.policy.Verdict;
import io.kidreaper.pool.Member;
import io.kidreaper.pool.PoolReader;
import io.kidreaper.pool.PoolReading;
import io.kidreaper.pool.ProcessId;
import io.kidreaper.retire.Escalation;
import io.kidreaper.retire.ManagerWatch;
import io.kidreaper.retire.Manner;
import io.kidreaper.retire.Moment;
import io.kidreaper.retire.Outcome;
import io.kidreaper.retire.Processes;
import io.kidreaper.retire.Signal;
import io.kidreaper.retire.SweepPlan;
import io.kidreaper.retire.SweepReport;
import io.kidreaper.retire.SweepReport.WorkerReport;
import io.kidreaper.server.Program;
import io.kidreaper.server.Recognition;
import io.kidreaper.server.Server;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongPredicate;

/** Sweeps with every outcome there is, to be told by a table or as JSON. */
final class Told {
  static final ProcessId MANAGER = new ProcessId(4711, 1234);
  static final Sample READ = sample(200L << 20);

  /** Held while it waited for a request. */
  static final Outcome.Signals SIGNALS =
      new Outcome.Signals(
          new Moment(Moment.Kind.HELD_IDLE, Signal.HUP, 7000, 300, 1), Optional.empty());

  /** At any moment, and the last resort after it. */
  static final Outcome.Signals KILLED =
      new Outcome.Signals(
          new Moment(Moment.Kind.ANY, Signal.HUP, 5, 0, 0),
          Optional.of(new Moment(Moment.Kind.HELD_AT_ENTRY, Signal.KILL, 9000, 400, 2)));

  private Told() {}

  /** vsz 3 times, rss twice, pss one and a half times the private memory. */
  static Sample sample(long privateBytes) {
    return new Sample(
        privateBytes * 3,
        privateBytes * 2,
        new Rollup(privateBytes * 2, privateBytes * 3 / 2, 0, 0, 0, privateBytes, 0, 0, 0, 0));
  }

  static Sample cheap(long rssBytes) {
    return new Sample(rssBytes * 2, rssBytes, new Detail.NotRead());
  }

  private static Member member(int pid, Reading memory) {
    return new Member(new ProcessId(pid, 100 + pid), memory);
  }

  static WorkerReport kept(int pid, Sample memory) {
    return new WorkerReport(new Verdict.Keep(member(pid, memory)), new Outcome.Kept());
  }

  static WorkerReport gone(int pid) {
    return new WorkerReport(
        new Verdict.Gone(member(pid, new Reading.Vanished())), new Outcome.Vanished());
  }

  static WorkerReport unknown(int pid, Reading memory, String reason) {
    return new WorkerReport(
        new Verdict.Unknown(member(pid, memory), reason), new Outcome.Unreadable(reason));
  }

  static WorkerReport over(int pid, Outcome outcome) {
    return over(pid, READ, outcome);
  }

  static WorkerReport over(int pid, Sample memory, Outcome outcome) {
    return new WorkerReport(
        new Verdict.Retire(
            member(pid, memory), memory.value(Measure.PRIVATE).orElse(memory.rssBytes())),
        outcome);
  }

  static Outcome retired(OptionalLong givenBack, int by, Reading memory) {
    return new Outcome.Retired(
        SIGNALS, 1234, givenBack, new Outcome.Replacement(new ProcessId(by, 100 + by), 15, memory));
  }

  static SweepPlan plan(Measure measure, boolean dryRun) {
    return new SweepPlan(
        new Limit(measure, 150L << 20),
        new Manner(
            Signal.HUP, Duration.ofSeconds(30), Duration.ofSeconds(60), Escalation.NONE, false),
        Duration.ZERO,
        dryRun);
  }

  static SweepReport report(WorkerReport... workers) {
    return report(plan(Measure.PRIVATE, false), Optional.empty(), workers);
  }

  static SweepReport report(SweepPlan plan, Optional<String> managerLost, WorkerReport... workers) {
    return new SweepReport(MANAGER, plan, List.of(workers), managerLost, false);
  }

  /** What is known of the pool's server. */
  static SweepCommand.Story story() {
    return new SweepCommand.Story(new Recognition.Result.Known(Server.FCGI_PROC_MANAGER), false);
  }

  /** A server that no signal is safe for. */
  static SweepCommand.Story handsOff() {
    return new SweepCommand.Story(new Recognition.Result.HandsOff("celery", "Leave it."), true);
  }

  /** A pool read from /proc. */
  static PoolAccess.Access.Open proc() {
    return open(Source.PROC, Optional.of("perl myapp_fastcgi.pl"));
  }

  /** A pool read through ps where there is no /proc. */
  static PoolAccess.Access.Open psOnly() {
    return open(Source.PS, Optional.empty());
  }

  private static PoolAccess.Access.Open open(Source source, Optional<String> command) {
    return new PoolAccess.Access.Open(
        new NoPool(),
        new NoProcesses(),
        new NoWatch(),
        source,
        command,
        _ -> new Program("", List.of()),
        Optional::empty);
  }

  private static final class NoPool implements PoolReader {
    @Override
    public PoolReading read(LongPredicate needsDetail) {
      throw new AssertionError("telling a report reads no pool");
    }

    @Override
    public void close() {}
  }

  private static final class NoProcesses implements Processes {
    @Override
    public Opened open(ProcessId id) {
      throw new AssertionError("telling a report opens no process");
    }
  }

  private static final class NoWatch implements ManagerWatch {
    @Override
    public ProcessId manager() {
      return MANAGER;
    }

    @Override
    public Optional<String> lost() {
      return Optional.empty();
    }

    @Override
    public void close() {}
  }
}
