package io.kidreaper.testbed.load;

import java.io.IOException;

/** The connection ended, or made no sense, before an answer was whole. */
final class CutException extends IOException {
  private static final long serialVersionUID = 1L;

  CutException(String message) {
    super(message);
  }
}
