package io.kidreaper.testbed.load;

/**
 * A request that was not answered right.
 *
 * @param atMillis when it was sent, from the start of the load
 * @param tookMillis from then until it was given up
 */
public record Loss(Outcome outcome, Route route, long atMillis, long tookMillis, String detail) {
  @Override
  public String toString() {
    return "%s %s at %d ms after %d ms: %s"
        .formatted(outcome, route.target(), atMillis, tookMillis, detail);
  }
}
