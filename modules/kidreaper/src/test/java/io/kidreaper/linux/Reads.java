package io.kidreaper.linux;

/** What a read must have come to, or the test has failed. */
final class Reads {
  private Reads() {}

  static <T> T found(ProcRead<T> read) {
    if (read instanceof ProcRead.Found<T>(T value)) {
      return value;
    }
    throw new AssertionError("not found: " + read);
  }

  static <T> String failure(ProcRead<T> read) {
    if (read instanceof ProcRead.Failed<T>(String reason)) {
      return reason;
    }
    throw new AssertionError("not failed: " + read);
  }
}
