package io.kidreaper.cli;

import io.kidreaper.memory.ByteSize;
import io.kidreaper.memory.Measure;
import io.kidreaper.memory.Reading;
import io.kidreaper.memory.Sample;
import io.kidreaper.policy.Verdict;
import io.kidreaper.pool.Member;
import io.kidreaper.retire.Outcome;
import io.kidreaper.retire.SweepReport;
import io.kidreaper.retire.SweepReport.WorkerReport;
import java.util.Locale;
import java.util.OptionalLong;
import picocli.CommandLine.Help.Ansi;

/** A sweep as a person reads it. A figure that was not read is a dash, never a number. */
final class SweepTable {
  private static final String ROW = "%8s %9s %9s %9s  %s%n";

  private final Terminal terminal;
  private final Ansi ansi;

  SweepTable(Terminal terminal) {
    this.terminal = terminal;
    this.ansi = terminal.colours() ? Ansi.ON : Ansi.OFF;
  }

  void print(PoolAccess.Access.Open open, SweepReport report) {
    line(
        "manager "
            + report.manager().pid()
            + open.managerCommand().map(command -> " (" + command + ")").orElse("")
            + ", "
            + report.plan().limit()
            + ", signal "
            + report.plan().signal()
            + (open.source() == Source.PS ? ", read through ps" : ""));
    if (!report.workers().isEmpty()) {
      Measure third =
          report.plan().limit().measure() == Measure.PSS ? Measure.PSS : Measure.PRIVATE;
      line("");
      terminal.out().printf(ROW, "PID", "VSZ", "RSS", third.name(), "OUTCOME");
      report.workers().forEach(worker -> row(worker, third));
      line("");
    }
    line(summary(report));
  }

  private void row(WorkerReport worker, Measure third) {
    Member member = worker.verdict().member();
    String outcome = outcome(worker.outcome());
    terminal
        .out()
        .printf(
            ROW,
            member.id().pid(),
            size(member.memory(), Measure.VSZ),
            size(member.memory(), Measure.RSS),
            size(member.memory(), third),
            worker.verdict() instanceof Verdict.Retire
                ? coloured(worker.outcome(), outcome)
                : outcome);
  }

  private String coloured(Outcome outcome, String words) {
    return switch (outcome) {
      case Outcome.Retired _ -> ansi.text("@|green " + words + "|@").toString();
      case Outcome.WouldRetire _ -> ansi.text("@|yellow " + words + "|@").toString();
      case Outcome.Kept _, Outcome.Vanished _ -> words;
      case Outcome.Unreadable _,
          Outcome.NotSignalled _,
          Outcome.NotReplaced _,
          Outcome.StillThere _,
          Outcome.ManagerLost _ ->
          ansi.text("@|red " + words + "|@").toString();
    };
  }

  private static String size(Reading reading, Measure measure) {
    return switch (reading) {
      case Sample sample -> {
        OptionalLong value = sample.value(measure);
        yield value.isPresent() ? new ByteSize(value.getAsLong()).toString() : "-";
      }
      case Reading.Vanished _, Reading.Unreadable _ -> "-";
    };
  }

  static String outcome(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Kept() -> "kept";
      case Outcome.WouldRetire() -> "over the limit: would be retired";
      case Outcome.Vanished() -> "ended by itself";
      case Outcome.Unreadable(String reason) -> "unreadable: " + reason;
      case Outcome.NotSignalled(Outcome.Why why, String detail) ->
          "not signalled: "
              + switch (why) {
                case NOT_A_CHILD, NOT_PERMITTED, MANAGER_LOST, INTERRUPTED -> detail;
              };
      case Outcome.Retired(long exitMillis, OptionalLong freed, Outcome.Replacement replacement) ->
          "left after "
              + Words.time(exitMillis)
              + ", replaced by "
              + replacement.id().pid()
              + " after "
              + Words.time(replacement.afterMillis())
              + givenBack(freed);
      case Outcome.NotReplaced(long exitMillis, OptionalLong freed, long waitedMillis) ->
          "left after "
              + Words.time(exitMillis)
              + ", NOT REPLACED within "
              + Words.time(waitedMillis)
              + givenBack(freed);
      case Outcome.StillThere(long waitedMillis) -> "STILL THERE after " + Words.time(waitedMillis);
      case Outcome.ManagerLost(var exitMillis, String reason) ->
          (exitMillis.isPresent()
                  ? "left after " + Words.time(exitMillis.get()) + ", "
                  : "still there, ")
              + "MANAGER LOST: "
              + reason;
    };
  }

  private static String givenBack(OptionalLong freed) {
    return freed.isPresent() ? ", gave back " + new ByteSize(freed.getAsLong()) : "";
  }

  private static String summary(SweepReport report) {
    long over = report.overLimit();
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT, "%d of %d workers over the limit", over, report.workers().size()));
    if (over > 0 && report.plan().dryRun()) {
      text.append("; dry run, none was signalled");
    } else if (over > 0) {
      text.append(String.format(Locale.ROOT, ", %d retired and replaced", report.retired()));
      if (report.givenBackBytes() > 0) {
        text.append(", ").append(new ByteSize(report.givenBackBytes())).append(" given back");
      }
    }
    if (report.unreadable() > 0) {
      text.append(", ").append(report.unreadable()).append(" unreadable");
    }
    return text.append('.').toString();
  }

  private void line(String text) {
    terminal.out().println(text);
  }
}
