package io.kidreaper.linux.trace;

/**
 * Hears of a followed worker's requests. Called on the tracer's thread while the worker stands
 * still, so it should be short.
 */
public interface VisitListener {
  /** The worker is at its first boundary. */
  void begins();

  /**
   * The worker has answered and is at its next boundary.
   *
   * @param head the first bytes that it read off the connection; overwritten afterwards
   * @param length how many there are
   * @param connections how many it accepted since the last boundary; the head is the first one's
   * @param nanos from the first accept until now, tracing included
   * @return whether to go on
   */
  boolean visited(byte[] head, int length, int connections, long nanos);
}
