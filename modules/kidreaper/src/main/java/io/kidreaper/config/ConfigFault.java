package io.kidreaper.config;

/** Something is wrong with a configuration. The message is for people and has its place. */
public final class ConfigFault extends Exception {
  private static final long serialVersionUID = 1L;

  public ConfigFault(String message) {
    super(message);
  }

  public ConfigFault(Place place, String what) {
    super(place + ": " + what);
  }

  /** The sentence, which is never missing. */
  public String sentence() {
    return String.valueOf(getMessage());
  }
}
