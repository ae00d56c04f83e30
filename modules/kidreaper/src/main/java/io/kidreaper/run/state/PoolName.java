package io.kidreaper.run.state;

import java.util.regex.Pattern;

/**
 * The name of a pool, which is also that of its files.
 *
 * @param text letters, digits, dot, dash and underscore, 64 at most, neither dot nor dash first
 */
public record PoolName(String text) implements Comparable<PoolName> {
  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,63}");

  /**
   * @throws IllegalArgumentException if the text is no name, with what one looks like
   */
  public PoolName {
    if (!isName(text)) {
      throw new IllegalArgumentException(
          "'%s' is not a pool's name; write up to 64 letters, digits, dots, dashes and underscores, for example shop-1"
              .formatted(text));
    }
  }

  /** Whether a text can be one. */
  public static boolean isName(String text) {
    return FORM.matcher(text).matches();
  }

  @Override
  public int compareTo(PoolName other) {
    return text.compareTo(other.text);
  }

  @Override
  public String toString() {
    return text;
  }
}
