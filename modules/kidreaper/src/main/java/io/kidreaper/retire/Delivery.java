package io.kidreaper.retire;

/** What came of bringing a signal to a worker at the right moment. */
public sealed interface Delivery {
  /** It has the signal. */
  record Delivered(Moment moment) implements Delivery {}

  /**
   * The right moment did not come in time, and the worker was left alone.
   *
   * @param connections how many accepted connections it held at last; 0 if it held none and still
   *     came to no wait for the next, as a program does that starts, computes or spins
   */
  record Busy(int connections, long waitedMillis) implements Delivery {}

  /** It is in no state to be signalled (stopped, traced by another); it was left alone. */
  record NotNow(String reason) implements Delivery {}

  /**
   * The system does not allow this way of delivering.
   *
   * @param reason with what to change
   */
  record NotPermitted(String reason) implements Delivery {}

  /** It ended by itself. */
  record Gone() implements Delivery {}

  /** The caller no longer wanted it; the worker was left alone. */
  record Cancelled() implements Delivery {}
}
