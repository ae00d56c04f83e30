package io.kidreaper.testbed.load;

/** What became of a request. */
public enum Outcome {
  /** Answered with 200 and every byte right. */
  OK,
  /** Answered whole, but not with the right bytes, length or status. */
  WRONG,
  /** The connection ended before the answer was whole. */
  CUT,
  /** The web server answered with a status of 500 or above. */
  SERVER_ERROR,
  /** No connection to the web server could be made. */
  REFUSED,
  /** Nothing came for longer than the load's patience. */
  SILENT
}
