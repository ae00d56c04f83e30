package io.kidreaper.cli;

import io.kidreaper.explain.Following;
import io.kidreaper.explain.Forecast;
import io.kidreaper.explain.Growth;
import io.kidreaper.explain.PoolCost;
import io.kidreaper.explain.RouteGrowth;
import io.kidreaper.explain.Shape;
import io.kidreaper.explain.Since;
import io.kidreaper.explain.Trend;
import io.kidreaper.memory.ByteSize;
import io.kidreaper.retire.Time;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** Sentences that the text and the page of an explanation share. */
final class ExplainWords {
  private ExplainWords() {}

  /** A size with its sign where it is a change. */
  static String change(long bytes) {
    return (bytes < 0 ? "-" : bytes > 0 ? "+" : "") + new ByteSize(Math.abs(bytes));
  }

  static String size(double bytes) {
    return (bytes < 0 ? "-" : "") + new ByteSize(Math.round(Math.abs(bytes)));
  }

  static String millis(long nanos) {
    return String.format(Locale.ROOT, "%.1f ms", nanos / 1e6);
  }

  static String grew(Growth growth) {
    return "In %s its private memory changed by %s, its share of the pool's (PSS) by %s."
        .formatted(
            Time.words(growth.nanos() / 1_000_000),
            change(growth.privateBytes()),
            change(growth.pssBytes()));
  }

  static String since(Since since) {
    Growth growth = since.growth();
    return "Since the kidreaper of pool %s first looked at it, %s ago, its private memory changed by %s, its share of the pool's (PSS) by %s."
        .formatted(
            PoolTable.printable(since.pool()),
            Time.words(growth.nanos() / 1_000_000),
            change(growth.privateBytes()),
            change(growth.pssBytes()));
  }

  static String shape(Trend trend) {
    String unit = trend.perRequest() ? "a request" : "a second";
    return switch (trend.shape()) {
      case Shape.Unknown(String reason) -> "No trend can be told: " + reason + ".";
      case Shape.Flat(double level) -> "It stays at %s.".formatted(size(level));
      case Shape.Line(double slope) ->
          slope > 0
              ? "It grows evenly, by %s %s, and does not slow down.".formatted(size(slope), unit)
              : "It shrinks evenly, by %s %s.".formatted(size(-slope), unit);
      case Shape.Step(double from, double to) ->
          "It rose once, from %s to %s, and stays there.".formatted(size(from), size(to));
      case Shape.Saturating(double level) ->
          "It grows ever slower, towards %s.".formatted(size(level));
    };
  }

  static List<String> rates(Trend trend) {
    List<String> lines = new ArrayList<>();
    trend
        .requests()
        .ifPresent(requests ->
            lines.add(
                requests
                    + " requests were counted"
                    + (trend.bytesPerRequest().isPresent()
                        ? ", %s each on average."
                            .formatted(size(trend.bytesPerRequest().getAsDouble()))
                        : ".")));
    return lines;
  }

  static String forecast(Forecast forecast, long limitBytes) {
    String limit = "the limit of " + new ByteSize(limitBytes);
    return switch (forecast) {
      case Forecast.Over() -> "It is over " + limit + " already.";
      case Forecast.Meets(OptionalDouble requests, OptionalDouble seconds) ->
          "At this rate it meets %s after%s%s."
              .formatted(
                  limit,
                  requests.isPresent()
                      ? " %d requests".formatted(Math.round(requests.getAsDouble()))
                      : "",
                  seconds.isPresent()
                      ? (requests.isPresent() ? ", in " : " ")
                          + Time.words(Math.round(seconds.getAsDouble() * 1000))
                      : "");
      case Forecast.StaysBelow(OptionalDouble _) -> "It stays below " + limit + ".";
      case Forecast.WillBeOver(double level) ->
          "It levels off at %s, over %s.".formatted(size(level), limit);
      case Forecast.Unknown() -> "When it meets " + limit + " cannot be told.";
    };
  }

  /** What one route added: each of the three as median, most and total. */
  static String[] cells(RouteGrowth route) {
    return new String[] {
      route.route().method() + " " + route.route().path(),
      Integer.toString(route.requests()),
      change(route.privateBytes().median()),
      change(route.privateBytes().maximum()),
      change(route.privateBytes().total()),
      change(route.allocatedBytes().median()),
      change(route.allocatedBytes().maximum()),
      change(route.allocatedBytes().total()),
      change(route.unsharedBytes().median()),
      change(route.unsharedBytes().maximum()),
      change(route.unsharedBytes().total())
    };
  }

  static List<String> followed(Following following) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "It %s: %d requests, %d stops."
            .formatted(following.ended(), following.visits().size(), following.stops()));
    if (!following.visits().isEmpty()) {
      lines.add(
          "A request took %s (p50), %s (p99) while followed; for the readings between two it stood still for %s on average."
              .formatted(
                  millis(following.takenNanos(50)),
                  millis(following.takenNanos(99)),
                  millis(following.readingNanos() / following.visits().size())));
    }
    return lines;
  }

  static List<String> pool(PoolCost pool) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "%d workers need %s together; without sharing they would need %s. Fork-shared memory saves %s of that."
            .formatted(
                pool.workers().size(),
                new ByteSize(pool.togetherBytes()),
                new ByteSize(pool.withoutSharingBytes()),
                new ByteSize(Math.max(0, pool.savedByForkBytes()))));
    if (pool.unread() > 0) {
      lines.add(pool.unread() + " more could not be read, or were too many: these are bounds.");
    }
    pool.outlier()
        .ifPresent(worker ->
            lines.add("Process %d is far larger than the others.".formatted(worker.id().pid())));
    return lines;
  }
}
