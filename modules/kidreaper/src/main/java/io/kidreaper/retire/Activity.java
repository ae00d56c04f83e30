package io.kidreaper.retire;

/** What a worker was seen doing, without touching it. It may be otherwise a moment later. */
public sealed interface Activity {
  /** It waits for a request and holds none. */
  record Idle() implements Activity {}

  /**
   * It works on requests, or keeps their connections open.
   *
   * @param connections how many connections accepted from the pool's socket it holds, at least 1
   */
  record Serving(int connections) implements Activity {}

  /** It holds no connection and waits for none: it is starting, or on its way to the next one. */
  record Between() implements Activity {}

  /** It does nothing: it is stopped, or another process traces it. */
  record Suspended(String reason) implements Activity {}

  /** What it does cannot be told. */
  record Unclear(String reason) implements Activity {}

  /** It has ended. */
  record Gone() implements Activity {}
}
