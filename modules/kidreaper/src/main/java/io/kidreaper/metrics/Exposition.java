package io.kidreaper.metrics;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.stream.Stream;

/**
 * Writes figures as text: Prometheus' format 0.0.4, or OpenMetrics 1.0.0, which differ in the names
 * of counters in their headers, in units and in the end.
 */
public enum Exposition {
  PROMETHEUS("text/plain; version=0.0.4; charset=utf-8"),
  OPENMETRICS("application/openmetrics-text; version=1.0.0; charset=utf-8");

  private static final int CHUNK_LETTERS = 4_096;

  private final String contentType;

  Exposition(String contentType) {
    this.contentType = contentType;
  }

  public String contentType() {
    return contentType;
  }

  /** What a client that says this in {@code Accept} wants. */
  public static Exposition wanted(String accept) {
    return accept.contains("application/openmetrics-text") ? OPENMETRICS : PROMETHEUS;
  }

  /**
   * A family without figures is left out, since nothing was read of it. Each is asked for when
   * those before it are written, so that never more than one is in memory.
   */
  public void write(Stream<Family> families, Appendable text) throws IOException {
    try {
      // An iterator would hold several: a stream made of streams is asked for a whole one then.
      families.filter(family -> !family.points().isEmpty()).forEach(it -> writeOne(text, it));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    if (this == OPENMETRICS) {
      text.append("# EOF\n");
    }
  }

  private void writeOne(Appendable text, Family family) {
    try {
      write(text, family);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void write(Appendable text, Family family) throws IOException {
    boolean counter = family.type() == Family.Type.COUNTER;
    String header = family.name() + (counter && this == PROMETHEUS ? "_total" : "");
    text.append("# HELP ").append(header).append(' ').append(escaped(family.help()));
    text.append("\n# TYPE ").append(header).append(' ').append(family.type().word()).append('\n');
    if (this == OPENMETRICS && !family.unit().isEmpty()) {
      text.append("# UNIT ").append(header).append(' ').append(family.unit()).append('\n');
    }
    // A few thousand letters at a time: each call of a writer takes its lock.
    StringBuilder lines = new StringBuilder();
    for (Family.Point point : family.points()) {
      lines.append(family.name()).append(counter ? "_total" : point.suffix());
      lines.append(point.labels().text()).append(' ');
      number(lines, point.value());
      lines.append('\n');
      if (lines.length() >= CHUNK_LETTERS) {
        text.append(lines);
        lines.setLength(0);
      }
    }
    text.append(lines);
  }

  /** A label's value as it stands between its quotes. */
  static String quoted(String value) {
    return value.indexOf('"') < 0 ? escaped(value) : escaped(value).replace("\"", "\\\"");
  }

  private static String escaped(String text) {
    return text.indexOf('\\') < 0 && text.indexOf('\n') < 0
        ? text
        : text.replace("\\", "\\\\").replace("\n", "\\n");
  }

  /** Whole numbers as such, which every reader takes exactly. */
  static String number(double value) {
    StringBuilder text = new StringBuilder();
    number(text, value);
    return text.toString();
  }

  private static void number(StringBuilder text, double value) {
    if (value == Math.rint(value) && Math.abs(value) < 1L << 53) {
      text.append((long) value);
    } else {
      text.append(value);
    }
  }
}
