package io.kidreaper.explain;

/**
 * One thing that may be done.
 *
 * @param text what, as a sentence
 * @param tried what was measured when it was tried; an untried one says so
 */
public record Advice(String text, String tried) {
  static final String UNTRIED = "untried";
}
