package io.kidreaper.linux.trace;

/** What a process was seen doing, without touching it. It may be otherwise a moment later. */
public sealed interface Look {
  /** It waits for a request: blocked in a wait call, and holding no accepted connection. */
  record Idle() implements Look {}

  /**
   * It works on requests, or keeps their connections open.
   *
   * @param connections how many accepted connections it holds
   */
  record Holds(int connections) implements Look {}

  /** It holds no connection and waits for none: it is starting, or between two requests. */
  record Between() implements Look {}

  /** It was stopped by a signal (SIGSTOP, or from its terminal). */
  record Stopped() implements Look {}

  /**
   * It is being traced by another process.
   *
   * @param tracerPid which one
   */
  record Traced(int tracerPid) implements Look {}

  /** What it does cannot be told. */
  record Unclear(Holding.Why why) implements Look {}

  /** It has ended, or its pid belongs to another process now. */
  record Gone() implements Look {}
}
