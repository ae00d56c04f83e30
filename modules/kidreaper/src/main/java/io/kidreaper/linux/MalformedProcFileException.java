package io.kidreaper.linux;

/**
 * A file of /proc that does not say what its manual page promises; it was cut short, or is not one.
 */
final class MalformedProcFileException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  MalformedProcFileException(String message) {
    super(message);
  }
}
