package io.kidreaper.metrics;

import java.util.Arrays;

/**
 * What tells the figures of one family apart. Immutable; its text is made once, for all figures of
 * the same thing.
 */
public final class Labels {
  /** For the only figure of a family. */
  public static final Labels NONE = new Labels(new String[0][]);

  /** By name. */
  private final String[][] pairs;

  private final String text;

  private Labels(String[][] pairs) {
    this.pairs = pairs;
    this.text = text(pairs);
  }

  /** With one label. */
  public static Labels of(String name, String value) {
    return NONE.and(name, value);
  }

  /**
   * With one more.
   *
   * @param name that is not among them
   */
  public Labels and(String name, String value) {
    String[][] more = Arrays.copyOf(pairs, pairs.length + 1);
    int at = pairs.length;
    while (at > 0 && more[at - 1][0].compareTo(name) > 0) {
      more[at] = more[at - 1];
      at--;
    }
    if (at > 0 && more[at - 1][0].equals(name)) {
      throw new IllegalArgumentException("two labels " + name);
    }
    more[at] = new String[] {name, value};
    return new Labels(more);
  }

  /** As it stands between a name and its figure, in braces; empty without labels. */
  String text() {
    return text;
  }

  private static String text(String[][] pairs) {
    if (pairs.length == 0) {
      return "";
    }
    StringBuilder text = new StringBuilder();
    char before = '{';
    for (String[] pair : pairs) {
      text.append(before).append(pair[0]).append("=\"").append(Exposition.quoted(pair[1]));
      text.append('"');
      before = ',';
    }
    return text.append('}').toString();
  }
}
