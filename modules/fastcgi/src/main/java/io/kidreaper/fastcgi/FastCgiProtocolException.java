package io.kidreaper.fastcgi;

import java.io.IOException;

/**
 * The peer sent what FastCGI 1.0 does not allow, or more than a limit allows. Its message says what
 * and where. The connection is of no further use, since the next record's beginning is not known.
 */
public final class FastCgiProtocolException extends IOException {
  private static final long serialVersionUID = 1L;

  public FastCgiProtocolException(String message) {
    super(message);
  }
}
