package io.kidreaper.linux.socket;

/** What came of opening, inheriting or taking back a listening socket. */
public sealed interface Opened {
  record Open(Listener listener) implements Opened {}

  /**
   * @param reason a sentence that names the address and says what to do
   */
  record Refused(String reason) implements Opened {}
}
