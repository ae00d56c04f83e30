package io.kidreaper.explain;

import java.util.Optional;

/**
 * One thing that may be done.
 *
 * @param text what, as a sentence
 * @param tried what was measured when it was tried; an untried one says so. Empty where there is
 *     nothing to do
 */
public record Advice(String text, Optional<String> tried) {
  static final String UNTRIED = "untried";

  /** One that was tried, or is said to be untried. */
  public Advice(String text, String tried) {
    this(text, Optional.of(tried));
  }

  static Advice nothing(String text) {
    return new Advice(text, Optional.empty());
  }
}
