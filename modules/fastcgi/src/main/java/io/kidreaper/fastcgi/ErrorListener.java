package io.kidreaper.fastcgi;

/** Hears of what went wrong and was dealt with, so that it can be logged. Must not throw. */
@FunctionalInterface
public interface ErrorListener {
  /**
   * Something went wrong.
   *
   * @param what a sentence, such as "the handler of GET /x failed"
   * @param error the reason
   */
  void failed(String what, Throwable error);

  /** Logs to the system logger {@code io.kidreaper.fastcgi}, with level WARNING. */
  static ErrorListener logging() {
    System.Logger logger = System.getLogger("io.kidreaper.fastcgi");
    return (what, error) -> logger.log(System.Logger.Level.WARNING, what, error);
  }
}
