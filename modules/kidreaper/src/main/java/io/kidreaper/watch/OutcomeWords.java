package io.kidreaper.watch;

import io.kidreaper.memory.ByteSize;
import io.kidreaper.memory.Reading;
import io.kidreaper.memory.Rollup;
import io.kidreaper.memory.Sample;
import io.kidreaper.pool.ProcessId;
import io.kidreaper.retire.Activity;
import io.kidreaper.retire.Moment;
import io.kidreaper.retire.Outcome;
import io.kidreaper.retire.Time;
import java.util.Locale;
import java.util.OptionalLong;

/** What a retirement came to, for programs and for people. */
final class OutcomeWords {
  private OutcomeWords() {}

  /** The word in metrics and events. */
  static String word(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Retired _ -> "replaced";
      case Outcome.NotReplaced _ -> "not-replaced";
      case Outcome.StillThere _ -> "still-there";
      case Outcome.ManagerLost _ -> "manager-lost";
      case Outcome.Vanished _ -> "ended-by-itself";
      case Outcome.NotAWorker _ -> "no-worker";
      case Outcome.Kept _ -> "kept";
      case Outcome.WouldRetire _ -> "would-retire";
      case Outcome.Unreadable _ -> "unreadable";
      case Outcome.NotSignalled(Outcome.Why why, _) ->
          why.name().toLowerCase(Locale.ROOT).replace('_', '-');
    };
  }

  /** The kind of event. */
  static String kind(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Retired _ -> "retired";
      case Outcome.NotReplaced _ -> "not-replaced";
      case Outcome.StillThere _ -> "stuck";
      case Outcome.ManagerLost _ -> "manager-lost";
      case Outcome.Vanished _, Outcome.Kept _, Outcome.WouldRetire _ -> "ended";
      case Outcome.NotAWorker _, Outcome.Unreadable _, Outcome.NotSignalled _ -> "not-retired";
    };
  }

  /** A sentence. */
  static String text(ProcessId worker, Outcome outcome) {
    String who = "worker " + worker.pid();
    return switch (outcome) {
      case Outcome.Retired(
              Outcome.Signals signals,
              long exitMillis,
              OptionalLong givenBackBytes,
              Outcome.Replacement heir) ->
          "%s left %s after %s%s; process %d%s is in its place since %s later"
              .formatted(
                  who,
                  Time.words(exitMillis),
                  moments(signals),
                  gaveBack(givenBackBytes),
                  heir.id().pid(),
                  has(heir.memory()),
                  Time.words(heir.afterMillis()));
      case Outcome.NotReplaced(
              Outcome.Signals signals,
              long exitMillis,
              OptionalLong givenBackBytes,
              long waitedMillis) ->
          "%s left %s after %s%s; nobody came in its place within %s"
              .formatted(
                  who,
                  Time.words(exitMillis),
                  moments(signals),
                  gaveBack(givenBackBytes),
                  Time.words(waitedMillis));
      case Outcome.StillThere(Outcome.Signals signals, long waitedMillis, Activity last) ->
          "%s is still there %s after %s: %s"
              .formatted(who, Time.words(waitedMillis), moments(signals), words(last));
      case Outcome.ManagerLost(Outcome.Signals signals, _, String reason) ->
          "%s got %s, and then %s".formatted(who, moments(signals), reason);
      case Outcome.Vanished _ -> who + " ended by itself";
      case Outcome.Kept _, Outcome.WouldRetire _ -> who + " was left alone";
      case Outcome.NotAWorker(String reason) -> who + " was left alone: " + reason;
      case Outcome.Unreadable(String reason) -> who + " was left alone: " + reason;
      case Outcome.NotSignalled(_, String detail) ->
          who + " was not signalled and serves on: " + detail;
    };
  }

  private static String moments(Outcome.Signals signals) {
    return moment(signals.first()) + signals.kill().map(kill -> " and " + moment(kill)).orElse("");
  }

  private static String moment(Moment moment) {
    return moment.signal() + " " + moment.kind().words();
  }

  private static String gaveBack(OptionalLong bytes) {
    return bytes.isPresent() ? " and gave back " + new ByteSize(bytes.getAsLong()) : "";
  }

  private static String has(Reading memory) {
    return memory instanceof Sample(_, _, Rollup rollup)
        ? " with " + new ByteSize(rollup.privateBytes())
        : "";
  }

  private static String words(Activity last) {
    return switch (last) {
      case Activity.Idle() -> "it waits for a request";
      case Activity.Serving(int connections) ->
          "it holds " + connections + (connections == 1 ? " connection" : " connections");
      case Activity.Between() -> "it holds no connection and waits for none";
      case Activity.Suspended(String reason) -> reason;
      case Activity.Unclear(String reason) -> "what it does cannot be told: " + reason;
      case Activity.Gone() -> "it has just ended";
    };
  }
}
