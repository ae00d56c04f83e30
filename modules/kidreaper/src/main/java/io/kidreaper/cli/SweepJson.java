package io.kidreaper.cli;

import io.kidreaper.memory.Measure;
import io.kidreaper.memory.Reading;
import io.kidreaper.memory.Sample;
import io.kidreaper.policy.Verdict;
import io.kidreaper.pool.ProcessId;
import io.kidreaper.retire.Activity;
import io.kidreaper.retire.Moment;
import io.kidreaper.retire.Outcome;
import io.kidreaper.retire.SweepReport;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** A sweep as one JSON object; docs/JSON.md describes it. A figure that was not read has no key. */
final class SweepJson {
  private final JsonGenerator json;
  private final boolean exactStartTimes;

  private SweepJson(JsonGenerator json, boolean exactStartTimes) {
    this.json = json;
    this.exactStartTimes = exactStartTimes;
  }

  static void print(
      PrintWriter out,
      PoolAccess.Access.Open open,
      SweepReport report,
      SweepCommand.Story story,
      int status) {
    write(
        out,
        json ->
            new SweepJson(json, open.managerCommand().isPresent())
                .report(open, report, story, status));
  }

  /** The object for a pool that could not be read at all. */
  static void printNoPool(PrintWriter out, String reason, int status) {
    write(
        out,
        json -> {
          json.writeObjectPropertyStart("summary");
          json.writeStringProperty("result", "no-pool");
          json.writeStringProperty("reason", reason);
          json.writeNumberProperty("exitStatus", status);
          json.writeEndObject();
        });
  }

  private static void write(PrintWriter out, Consumer<JsonGenerator> content) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(ObjectWriteContext.empty(), text)) {
      json.writeStartObject();
      content.accept(json);
      json.writeEndObject();
    }
    out.println(text);
  }

  private void report(
      PoolAccess.Access.Open open, SweepReport report, SweepCommand.Story story, int status) {
    json.writeObjectPropertyStart("manager");
    id(report.manager());
    open.managerCommand().ifPresent(command -> json.writeStringProperty("command", command));
    json.writeEndObject();
    json.writeStringProperty("source", open.source().name().toLowerCase(Locale.ROOT));
    json.writeStringProperty("measure", report.plan().limit().measure().word());
    json.writeNumberProperty("limitBytes", report.plan().limit().bytes());
    json.writeStringProperty("server", SweepTable.label(story.server()));
    if (!story.refused()) {
      json.writeStringProperty("signal", report.plan().manner().signal().name());
    }
    json.writeBooleanProperty("dryRun", report.plan().dryRun());
    json.writeArrayPropertyStart("workers");
    report.workers().forEach(this::worker);
    json.writeEndArray();
    summary(report, status);
  }

  private void id(ProcessId id) {
    json.writeNumberProperty("pid", id.pid());
    if (exactStartTimes) {
      json.writeNumberProperty("startTicks", id.startTicks());
    }
  }

  private void worker(SweepReport.WorkerReport worker) {
    json.writeStartObject();
    id(worker.verdict().member().id());
    memory(worker.verdict().member().memory());
    switch (worker.verdict()) {
      case Verdict.Retire _ -> json.writeBooleanProperty("overLimit", true);
      case Verdict.Keep _ -> json.writeBooleanProperty("overLimit", false);
      // Nobody knows, and null says so.
      case Verdict.Gone _, Verdict.Unknown _ -> json.writeNullProperty("overLimit");
    }
    json.writeObjectPropertyStart("outcome");
    outcome(worker.outcome());
    json.writeEndObject();
    json.writeEndObject();
  }

  private void memory(Reading reading) {
    switch (reading) {
      case Sample sample -> {
        number("vszBytes", sample.value(Measure.VSZ));
        number("rssBytes", sample.value(Measure.RSS));
        number("pssBytes", sample.value(Measure.PSS));
        number("privateBytes", sample.value(Measure.PRIVATE));
      }
      case Reading.Vanished(), Reading.Unreadable(_) -> {}
    }
  }

  private void number(String key, OptionalLong value) {
    if (value.isPresent()) {
      json.writeNumberProperty(key, value.getAsLong());
    }
  }

  private void outcome(Outcome outcome) {
    switch (outcome) {
      case Outcome.Kept() -> result("kept");
      case Outcome.WouldRetire() -> result("would-retire");
      case Outcome.Vanished() -> result("vanished");
      case Outcome.Unreadable(String reason) -> {
        result("unreadable");
        json.writeStringProperty("reason", reason);
      }
      case Outcome.NotAWorker(String reason) -> {
        result("not-a-worker");
        json.writeStringProperty("reason", reason);
      }
      case Outcome.NotSignalled(Outcome.Why why, String detail) -> {
        result("not-signalled");
        json.writeStringProperty("why", why.name().toLowerCase(Locale.ROOT).replace('_', '-'));
        json.writeStringProperty("reason", detail);
      }
      case Outcome.Retired(var signals, long exitMillis, OptionalLong freed, var replacement) -> {
        result("retired");
        signals(signals);
        json.writeNumberProperty("exitMillis", exitMillis);
        json.writeNumberProperty("replacedMillis", replacement.afterMillis());
        number("givenBackBytes", freed);
        json.writeObjectPropertyStart("replacement");
        id(replacement.id());
        memory(replacement.memory());
        json.writeEndObject();
      }
      case Outcome.NotReplaced(var signals, long exitMillis, OptionalLong freed, long waited) -> {
        result("not-replaced");
        signals(signals);
        json.writeNumberProperty("exitMillis", exitMillis);
        json.writeNumberProperty("waitedMillis", waited);
        number("givenBackBytes", freed);
      }
      case Outcome.StillThere(var signals, long waitedMillis, Activity last) -> {
        result("still-there");
        signals(signals);
        json.writeStringProperty("doing", doing(last));
        json.writeNumberProperty("waitedMillis", waitedMillis);
      }
      case Outcome.ManagerLost(var signals, var exitMillis, String reason) -> {
        result("manager-lost");
        signals(signals);
        exitMillis.ifPresent(millis -> json.writeNumberProperty("exitMillis", millis));
        json.writeStringProperty("reason", reason);
      }
    }
  }

  private void signals(Outcome.Signals signals) {
    moment("delivery", signals.first());
    signals.kill().ifPresent(kill -> moment("kill", kill));
  }

  private void moment(String key, Moment moment) {
    json.writeObjectPropertyStart(key);
    json.writeStringProperty("signal", moment.signal().name());
    json.writeStringProperty("at", moment.kind().name().toLowerCase(Locale.ROOT).replace('_', '-'));
    json.writeNumberProperty("reachedMicros", moment.reachedMicros());
    json.writeNumberProperty("heldMicros", moment.heldMicros());
    json.writeNumberProperty("stops", moment.stops());
    json.writeEndObject();
  }

  private static String doing(Activity last) {
    return switch (last) {
      case Activity.Idle _ -> "waiting";
      case Activity.Serving _ -> "serving";
      case Activity.Between _ -> "stuck";
      case Activity.Suspended _ -> "suspended";
      case Activity.Unclear _ -> "unclear";
      case Activity.Gone _ -> "gone";
    };
  }

  private void result(String word) {
    json.writeStringProperty("result", word);
  }

  private void summary(SweepReport report, int status) {
    json.writeObjectPropertyStart("summary");
    json.writeNumberProperty("workers", report.workers().size());
    json.writeNumberProperty("overLimit", report.overLimit());
    json.writeNumberProperty("retired", report.retired());
    json.writeNumberProperty("unreadable", report.unreadable());
    json.writeNumberProperty("givenBackBytes", report.givenBackBytes());
    json.writeStringProperty(
        "result", report.result().name().toLowerCase(Locale.ROOT).replace('_', '-'));
    report.managerLost().ifPresent(reason -> json.writeStringProperty("managerLost", reason));
    json.writeNumberProperty("exitStatus", status);
    json.writeEndObject();
  }
}
