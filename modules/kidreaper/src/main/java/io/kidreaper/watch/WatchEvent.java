package io.kidreaper.watch;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Something that happened to a pool, or to the watch as a whole.
 *
 * @param time by the wall clock
 * @param pool its name; empty where it is about all
 * @param kind a word for programs
 * @param text a sentence for people
 * @param pid of the worker that it is about, if of one
 */
public record WatchEvent(
    Instant time, Optional<String> pool, String kind, String text, OptionalInt pid) {
  /** How much a person should care. */
  public enum Weight {
    ERROR(3),
    WARNING(4),
    NOTICE(5),
    INFO(6);

    private final int priority;

    Weight(int priority) {
      this.priority = priority;
    }

    /** As in {@code syslog(3)}, from 0 to 7. */
    public int priority() {
      return priority;
    }

    /** As it is written: {@code warning}. */
    public String word() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  public Weight weight() {
    return switch (kind) {
      case "fault" -> Weight.ERROR;
      case "frozen",
          "away",
          "unreadable",
          "not-retired",
          "stuck",
          "not-replaced",
          "manager-lost",
          "hands-off",
          "rights",
          "limit-below-boot-size",
          "budget-out-of-reach",
          "budget-unknown",
          "worker-unreadable",
          "requests-not-counted",
          "reload-failed",
          "event-command",
          "pace" ->
          Weight.WARNING;
      case "retired", "found", "pressure", "resumed" -> Weight.NOTICE;
      default -> Weight.INFO;
    };
  }
}
