package io.kidreaper.gateway;

import java.io.IOException;

/**
 * An answer of which a part was sent cannot be sent to its end: what is there must not look whole.
 */
final class CutException extends IOException {
  private static final long serialVersionUID = 1L;

  CutException(String message) {
    super(message);
  }
}
