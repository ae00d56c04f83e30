package io.kidreaper.explain;

import io.kidreaper.memory.ByteSize;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A limit of private memory for the workers of a pool.
 *
 * @param reasons the figures that it comes from, as sentences
 */
public record SuggestedLimit(long bytes, List<String> reasons) {
  private static final long ROUND_BYTES = 5L << 20;
  private static final double ROOM = 1.25;
  private static final double ROOM_FOR_GROWTH = 2;
  private static final long LEAST_LIFE_REQUESTS = 1000;
  private static final long LEAST_LIFE_SECONDS = 3600;

  public SuggestedLimit {
    reasons = List.copyOf(reasons);
  }

  /**
   * @param bootBytes what the smallest worker costs: a limit near it would end each as it starts
   * @return empty where the trend is unknown, since any number would be a guess
   */
  public static Optional<SuggestedLimit> of(long bootBytes, long nowBytes, Trend trend) {
    List<String> reasons = new ArrayList<>();
    reasons.add("the smallest worker has %s".formatted(new ByteSize(bootBytes)));
    double bytes;
    switch (trend.shape()) {
      case Shape.Unknown _ -> {
        return Optional.empty();
      }
      case Shape.Flat(double level) -> {
        bytes = Math.max(level, (double) nowBytes) * ROOM;
        reasons.add("it stays at %s".formatted(size(level)));
      }
      case Shape.Step(double _, double level) -> {
        bytes = Math.max(level, (double) nowBytes) * ROOM;
        reasons.add("after one step it stays at %s".formatted(size(level)));
      }
      case Shape.Saturating(double level) -> {
        bytes = Math.max(level, (double) nowBytes) * ROOM;
        reasons.add("it levels off at %s".formatted(size(level)));
      }
      case Shape.Line(double slope) -> {
        double life = slope * (trend.perRequest() ? LEAST_LIFE_REQUESTS : LEAST_LIFE_SECONDS);
        bytes = Math.max(bootBytes * ROOM_FOR_GROWTH, (double) bootBytes + Math.max(0.0, life));
        reasons.add(
            "it grows by %s a %s, so that a worker lives for %s at least"
                .formatted(
                    size(Math.max(0.0, slope)),
                    trend.perRequest() ? "request" : "second",
                    trend.perRequest() ? LEAST_LIFE_REQUESTS + " requests" : "an hour"));
      }
    }
    bytes = Math.max(bytes, bootBytes * ROOM);
    long rounded = (long) Math.ceil(bytes / (double) ROUND_BYTES) * ROUND_BYTES;
    reasons.add(
        trend.shape() instanceof Shape.Line
            ? "and twice the smallest worker at least, rounded up"
            : "and a quarter more for room, rounded up");
    return Optional.of(new SuggestedLimit(rounded, reasons));
  }

  private static ByteSize size(double bytes) {
    return new ByteSize(Math.round(Math.max(0.0, bytes)));
  }
}
