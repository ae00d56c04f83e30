package io.kidreaper.explain;

import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * What a series of readings came to.
 *
 * @param perRequest whether the shape is over requests; over seconds otherwise
 * @param requests how many were counted, empty where nobody counted
 * @param nanos how long it was watched
 */
public record Trend(
    Shape shape,
    boolean perRequest,
    OptionalLong requests,
    long nanos,
    long firstBytes,
    long lastBytes) {
  private static final double NANOS = 1e9;

  /** Without requests, or where none came, the shape is over time. */
  public static Trend of(List<Point> series) {
    Point first = series.getFirst();
    Point last = series.getLast();
    boolean counted = series.stream().allMatch(point -> point.requests().isPresent());
    OptionalLong requests =
        counted
            ? OptionalLong.of(last.requests().orElseThrow() - first.requests().orElseThrow())
            : OptionalLong.empty();
    boolean perRequest = counted && requests.getAsLong() >= series.size() / 2;
    double[] x =
        series.stream()
            .mapToDouble(point ->
                perRequest
                    ? point.requests().orElseThrow()
                    : (point.atNanos() - first.atNanos()) / NANOS)
            .toArray();
    double[] y = series.stream().mapToDouble(Point::privateBytes).toArray();
    return new Trend(
        ShapeFinder.find(x, y),
        perRequest,
        requests,
        last.atNanos() - first.atNanos(),
        first.privateBytes(),
        last.privateBytes());
  }

  /** Bytes that were added for each request on average, whatever the shape; empty if uncounted. */
  public OptionalDouble bytesPerRequest() {
    return requests.isPresent() && requests.getAsLong() > 0
        ? OptionalDouble.of((double) (lastBytes - firstBytes) / requests.getAsLong())
        : OptionalDouble.empty();
  }

  /** How often requests came; empty if uncounted or none came. */
  public OptionalDouble requestsPerSecond() {
    return requests.isPresent() && requests.getAsLong() > 0 && nanos > 0
        ? OptionalDouble.of(requests.getAsLong() * NANOS / nanos)
        : OptionalDouble.empty();
  }

  /** How much it grows in a second if it goes on so; empty unless it is a line. */
  public OptionalDouble bytesPerSecond() {
    if (!(shape instanceof Shape.Line(double slope))) {
      return OptionalDouble.empty();
    }
    if (!perRequest) {
      return OptionalDouble.of(slope);
    }
    OptionalDouble rate = requestsPerSecond();
    return rate.isPresent() ? OptionalDouble.of(slope * rate.getAsDouble()) : rate;
  }

  /** Where it ends if it goes on so; empty for a line, which has no end, and where unknown. */
  public OptionalDouble levelBytes() {
    return switch (shape) {
      case Shape.Flat(double level) -> OptionalDouble.of(level);
      case Shape.Step(double _, double level) -> OptionalDouble.of(level);
      case Shape.Saturating(double level) -> OptionalDouble.of(level);
      case Shape.Line _, Shape.Unknown _ -> OptionalDouble.empty();
    };
  }
}
