package io.kidreaper.cli;

import io.kidreaper.memory.ByteSize;
import io.kidreaper.memory.Measure;
import io.kidreaper.memory.Reading;
import io.kidreaper.memory.Sample;
import io.kidreaper.policy.Verdict;
import io.kidreaper.pool.Member;
import io.kidreaper.retire.Activity;
import io.kidreaper.retire.Moment;
import io.kidreaper.retire.Outcome;
import io.kidreaper.retire.SweepReport;
import io.kidreaper.retire.SweepReport.WorkerReport;
import io.kidreaper.retire.Time;
import io.kidreaper.server.Recognition;
import io.kidreaper.server.Server;
import java.util.Locale;
import java.util.Optional;
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

  void print(PoolAccess.Access.Open open, SweepReport report, SweepCommand.Story story) {
    line(
        "manager "
            + report.manager().pid()
            + open.managerCommand().map(command -> " (" + command + ")").orElse("")
            + ", "
            + label(story.server())
            + ", "
            + report.plan().limit()
            + (story.refused() ? "" : ", signal " + report.plan().manner().signal())
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

  static String label(Recognition.Result server) {
    return switch (server) {
      case Recognition.Result.Known(Server known) -> known.label();
      case Recognition.Result.HandsOff(String name, _) -> name;
    };
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
      case Outcome.Kept _, Outcome.Vanished _, Outcome.NotAWorker _ -> words;
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
      case Outcome.NotAWorker(String reason) -> "left alone: " + reason;
      case Outcome.NotSignalled(Outcome.Why why, String detail) ->
          (why == Outcome.Why.BUSY ? "BUSY, left alone: " : "not signalled: ") + detail;
      case Outcome.Retired(var signals, long exitMillis, OptionalLong freed, var replacement) ->
          left(signals, Optional.of(exitMillis))
              + ", replaced by "
              + replacement.id().pid()
              + " after "
              + Time.words(replacement.afterMillis())
              + givenBack(freed);
      case Outcome.NotReplaced(var signals, long exitMillis, OptionalLong freed, long waited) ->
          left(signals, Optional.of(exitMillis))
              + ", NOT REPLACED within "
              + Time.words(waited)
              + givenBack(freed);
      case Outcome.StillThere(var signals, long waitedMillis, Activity last) ->
          "STILL THERE after "
              + Time.words(waitedMillis)
              + (signals.kill().isPresent() ? ", even after KILL" : "")
              + doing(last);
      case Outcome.ManagerLost(var signals, var exitMillis, String reason) ->
          left(signals, exitMillis) + ", MANAGER LOST: " + reason;
    };
  }

  private static String left(Outcome.Signals signals, Optional<Long> exitMillis) {
    String how =
        signals.kill().isPresent()
            ? "killed, left after "
            : signals.first().kind() == Moment.Kind.ANY
                ? "signalled at once, left after "
                : "left after ";
    return exitMillis.map(millis -> how + Time.words(millis)).orElse("still there");
  }

  private static String doing(Activity last) {
    return switch (last) {
      case Activity.Idle() -> ": it waits for requests and ignores the signal";
      case Activity.Serving(int connections) ->
          ": it holds " + connections + (connections == 1 ? " connection" : " connections");
      case Activity.Between() -> ": stuck, it holds no connection and waits for none";
      case Activity.Suspended(String reason) -> ": " + reason;
      case Activity.Unclear _, Activity.Gone _ -> "";
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
