package io.kidreaper.explain;

import java.util.OptionalDouble;

/** When a worker meets a limit, if it goes on as it was seen to. */
public sealed interface Forecast {
  /** It is there already. */
  record Over() implements Forecast {}

  /**
   * @param requests how many more, empty where it was not counted
   * @param seconds at the pace that was seen
   */
  record Meets(OptionalDouble requests, OptionalDouble seconds) implements Forecast {}

  /** It levels off below, or shrinks. */
  record StaysBelow(OptionalDouble levelBytes) implements Forecast {}

  /** It levels off above. */
  record WillBeOver(double levelBytes) implements Forecast {}

  /** Nothing that was seen says so. */
  record Unknown() implements Forecast {}

  static Forecast of(Trend trend, long nowBytes, long limitBytes) {
    if (nowBytes >= limitBytes) {
      return new Over();
    }
    return switch (trend.shape()) {
      case Shape.Unknown _ -> new Unknown();
      case Shape.Line(double slope) when slope <= 0 -> new StaysBelow(OptionalDouble.empty());
      case Shape.Line(double slope) -> {
        double left = limitBytes - nowBytes;
        OptionalDouble perSecond = trend.bytesPerSecond();
        yield new Meets(
            trend.perRequest() ? OptionalDouble.of(left / slope) : OptionalDouble.empty(),
            perSecond.isPresent()
                ? OptionalDouble.of(left / perSecond.getAsDouble())
                : OptionalDouble.empty());
      }
      case Shape.Flat(double level) -> levels(level, limitBytes);
      case Shape.Step(double _, double level) -> levels(level, limitBytes);
      case Shape.Saturating(double level) -> levels(level, limitBytes);
    };
  }

  private static Forecast levels(double level, long limitBytes) {
    return level >= limitBytes ? new WillBeOver(level) : new StaysBelow(OptionalDouble.of(level));
  }
}
