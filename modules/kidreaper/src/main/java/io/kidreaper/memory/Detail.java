package io.kidreaper.memory;

/** The costly half of a reading: how a worker's memory divides into private and shared. */
public sealed interface Detail permits Rollup, Detail.NotRead, Detail.Unreadable {

  /** Not asked for, because the cheap reading had already answered the question. */
  record NotRead() implements Detail {}

  /**
   * Asked for and refused.
   *
   * @param reason what stood in the way, for people
   */
  record Unreadable(String reason) implements Detail {}
}
