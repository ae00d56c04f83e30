package io.kidreaper.manager;

/**
 * How the newest generation has done as long as no worker of it was ever ready.
 *
 * @param failures of its workers, in a row
 * @param notBeforeMillis when the next may be tried at an old worker's cost
 */
public record Trial(int failures, long notBeforeMillis) {
  static final Trial NONE = new Trial(0, Long.MIN_VALUE);
}
