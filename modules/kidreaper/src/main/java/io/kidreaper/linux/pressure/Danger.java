package io.kidreaper.linux.pressure;

/** Whether memory is about to run out, so that the kernel would choose somebody to kill. */
public sealed interface Danger {
  /** No sign of it. */
  record None() implements Danger {}

  /**
   * @param why the sign, with its figures
   */
  record Imminent(String why) implements Danger {}

  /** Nothing that would tell could be read. */
  record Unknown(String reason) implements Danger {}
}
