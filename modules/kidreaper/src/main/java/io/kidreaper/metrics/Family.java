package io.kidreaper.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * All figures of one name.
 *
 * @param name with its unit at the end and without {@code _total}, which counters get when written
 * @param unit as in the name, {@code bytes} or {@code seconds}; empty for plain numbers
 * @param help a sentence without its full stop
 */
public record Family(String name, Type type, String unit, String help, List<Point> points) {
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]*");

  /** What kind of figure it is. */
  public enum Type {
    GAUGE,
    COUNTER,
    HISTOGRAM;

    String word() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /**
   * One figure.
   *
   * @param suffix behind the family's name; only a histogram has several
   */
  public record Point(String suffix, Labels labels, double value) {}

  public Family {
    if (!NAME.matcher(name).matches() || name.endsWith("_total") || !name.endsWith(unit)) {
      throw new IllegalArgumentException("not a metric's name: " + name + " in " + unit);
    }
    points = List.copyOf(points);
  }

  /** Gathers the figures of a family. */
  public static final class Builder {
    private final String name;
    private final Type type;
    private final String unit;
    private final String help;
    private final List<Point> points = new ArrayList<>();

    public Builder(String name, Type type, String unit, String help) {
      this.name = name;
      this.type = type;
      this.unit = unit;
      this.help = help;
    }

    public void add(Labels labels, double value) {
      points.add(new Point("", labels, value));
    }

    /** A whole number; beyond 2⁵³ it is rounded, as Prometheus keeps it. */
    public void add(Labels labels, long value) {
      add(labels, (double) value);
    }

    /**
     * One histogram.
     *
     * @param bounds ascending, the last bucket's is without end and not among them
     * @param counts of each bucket alone, one more than bounds
     */
    public void histogram(Labels labels, List<Double> bounds, List<Long> counts, double sum) {
      long upTo = 0;
      for (int i = 0; i < counts.size(); i++) {
        upTo += counts.get(i);
        String bound = i < bounds.size() ? Exposition.number(bounds.get(i)) : "+Inf";
        points.add(new Point("_bucket", labels.and("le", bound), (double) upTo));
      }
      points.add(new Point("_sum", labels, sum));
      points.add(new Point("_count", labels, (double) upTo));
    }

    public Family build() {
      return new Family(name, type, unit, help, points);
    }
  }
}
