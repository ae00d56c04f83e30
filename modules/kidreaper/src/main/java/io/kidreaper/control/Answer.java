package io.kidreaper.control;

/** What came of asking for a change. */
public sealed interface Answer {
  /**
   * It is done, or begun where it takes its time.
   *
   * @param text a sentence about what happens now
   */
  record Done(String text) implements Answer {}

  /**
   * It is not done.
   *
   * @param reason a sentence that says why and what to do
   */
  record Refused(String reason) implements Answer {}
}
