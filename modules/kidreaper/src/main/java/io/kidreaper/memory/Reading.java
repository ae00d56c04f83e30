package io.kidreaper.memory;

/** What came of reading one worker's memory. A worker that ends meanwhile is a normal outcome. */
public sealed interface Reading permits Sample, Reading.Vanished, Reading.Unreadable {

  /** The worker ended before or while it was read. */
  record Vanished() implements Reading {}

  /**
   * The worker lives and its memory could not be read. It is never counted as 0.
   *
   * @param reason what stood in the way, for people
   */
  record Unreadable(String reason) implements Reading {}
}
