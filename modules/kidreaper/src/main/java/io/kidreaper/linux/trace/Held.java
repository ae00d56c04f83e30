package io.kidreaper.linux.trace;

/**
 * What came of holding a worker at its boundary.
 *
 * @param <T> what was to be found out or done there
 */
public sealed interface Held<T> {
  /**
   * It was held, and the action ran.
   *
   * @param result what the action returned
   */
  record Done<T>(T result, Boundary boundary) implements Held<T> {}

  /** It was not held, and the action did not run. */
  record Not<T>(NotReached why) implements Held<T> {}
}
