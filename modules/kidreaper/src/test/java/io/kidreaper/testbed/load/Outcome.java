package io.kidreaper.testbed.load;

/**
 * What became of a request.
 *
 * <p>A worker that dies inside an answer need not be seen as {@link #CUT}: nginx ends a FastCGI
 * answer or one without Content-Length in good order where its server broke off, which comes as
 * {@link #WRONG}; and where a FastCGI server had promised more bytes, it leaves the client waiting
 * for them, which comes as {@link #SILENT}.
 */
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
