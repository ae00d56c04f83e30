package io.kidreaper.explain;

/** How sure a statement is. */
public enum Confidence {
  /** It follows from figures of the kernel alone. */
  HIGH,
  /** Something else could have the same effect, and is less likely. */
  MEDIUM,
  /** The readings do not tell it from something else. */
  LOW;

  public String word() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
