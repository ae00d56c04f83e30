package io.kidreaper.control;

/**
 * One line of an answer. Each command is answered by any number of lines and then by exactly one
 * that is the {@linkplain #isLast last}.
 */
public sealed interface Reply {
  /** How one pool is. */
  record Pool(PoolStatus status) implements Reply {}

  /** What a worker's memory was when it was first looked at. */
  record First(FirstSeen first) implements Reply {}

  /** Something that happened. */
  record Event(HistoryEvent event) implements Reply {}

  /** So many events are missing here: whoever follows was slower than they came. */
  record Missed(long events) implements Reply {}

  /** The last line: it is done. */
  record Done(String text) implements Reply {}

  /** The last line: it is not done, and why. */
  record Refused(String reason) implements Reply {}

  default boolean isLast() {
    return switch (this) {
      case Pool _, First _, Event _, Missed _ -> false;
      case Done _, Refused _ -> true;
    };
  }
}
