package io.kidreaper.fastcgi;

import java.io.IOException;

/**
 * The web server gave the request up, or its connection ended: reading more of its input or writing
 * more of its output is of no use. A handler need not catch it.
 */
public final class RequestAbortedException extends IOException {
  private static final long serialVersionUID = 1L;

  public RequestAbortedException(String message) {
    super(message);
  }
}
