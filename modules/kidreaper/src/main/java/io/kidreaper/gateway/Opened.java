package io.kidreaper.gateway;

/** What came of starting a gateway. */
public sealed interface Opened {
  /** It listens. */
  record Open(Gateway gateway) implements Opened {}

  /**
   * @param reason a sentence that says what to change
   */
  record Refused(String reason) implements Opened {}
}
