package io.kidreaper.control;

import java.time.Instant;
import java.util.OptionalInt;

/**
 * Something that happened to a pool.
 *
 * @param time by the wall clock
 * @param kind a word for programs: {@code ready}, {@code retired}
 * @param text a sentence for people, cut at {@value #MOST_CHARS} characters
 * @param pid of the worker that it happened to, if to one
 */
public record HistoryEvent(Instant time, String kind, String text, OptionalInt pid) {
  private static final int MOST_CHARS = 2_000;

  public HistoryEvent {
    if (text.length() > MOST_CHARS) {
      text = text.substring(0, MOST_CHARS) + "…";
    }
  }
}
