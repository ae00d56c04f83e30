package io.kidreaper.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** A table whose columns are as wide as what is in them. */
final class Columns {
  private final List<String[]> rows = new ArrayList<>();
  private final boolean[] toTheRight;

  /**
   * @param heads each ends in {@code >} where its column is flush right, in {@code <} where left
   */
  Columns(String... heads) {
    this.toTheRight = new boolean[heads.length];
    String[] names = new String[heads.length];
    for (int i = 0; i < heads.length; i++) {
      toTheRight[i] = heads[i].endsWith(">");
      names[i] = heads[i].substring(0, heads[i].length() - 1);
    }
    rows.add(names);
  }

  void row(String... cells) {
    rows.add(Arrays.copyOf(cells, toTheRight.length));
  }

  /** The head and all rows, without blanks at their ends. */
  List<String> lines() {
    int[] widths =
        IntStream.range(0, toTheRight.length)
            .map(i -> rows.stream().mapToInt(row -> row[i].length()).max().orElse(0))
            .toArray();
    List<String> lines = new ArrayList<>();
    for (String[] row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < row.length; i++) {
        String padding = " ".repeat(widths[i] - row[i].length());
        line.append("  ").append(toTheRight[i] ? padding + row[i] : row[i] + padding);
      }
      lines.add(line.toString().stripTrailing());
    }
    return lines;
  }
}
