package io.kidreaper.linux.trace;

/**
 * Where a worker was held between two requests.
 *
 * @param where what it was doing
 * @param stops how often it was stopped on the way: 1 when it was idle, about two a system call
 *     when a request was followed to its end
 * @param reachedNanos from the request to the tracer until the worker was held at the boundary
 * @param heldNanos how long it was held there
 */
public record Boundary(Where where, int stops, long reachedNanos, long heldNanos) {
  /** The two ways of being between requests, and what comes near it. */
  public enum Where {
    /** It was waiting for a request. */
    IDLE,
    /** It was about to wait for one; the call was not made. */
    ENTRY,
    /** It did something else, and held no connection: only where that was asked for. */
    ELSEWHERE
  }
}
