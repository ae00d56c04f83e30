package io.kidreaper.cli;

import io.kidreaper.explain.Explanation;
import io.kidreaper.explain.Following;
import io.kidreaper.explain.Forecast;
import io.kidreaper.explain.Growth;
import io.kidreaper.explain.Part;
import io.kidreaper.explain.Point;
import io.kidreaper.explain.PoolCost;
import io.kidreaper.explain.RouteGrowth;
import io.kidreaper.explain.Shape;
import io.kidreaper.explain.Trend;
import io.kidreaper.json.JsonText;
import io.kidreaper.memory.Area;
import io.kidreaper.memory.AreaKind;
import java.util.OptionalDouble;
import tools.jackson.core.JsonGenerator;

/** An explanation as one JSON object; docs/JSON.md describes it. */
final class ExplainJson {
  private final JsonGenerator json;

  private ExplainJson(JsonGenerator json) {
    this.json = json;
  }

  static String of(Explanation explanation) {
    return JsonText.writeObject(json -> new ExplainJson(json).explanation(explanation));
  }

  private void explanation(Explanation explanation) {
    json.writeObjectPropertyStart("worker");
    json.writeNumberProperty("pid", explanation.worker().pid());
    json.writeNumberProperty("startTicks", explanation.worker().startTicks());
    json.writeStringProperty("command", PoolTable.printable(explanation.program()));
    json.writeEndObject();
    json.writeStringProperty("server", explanation.server());
    json.writeStringProperty("runtime", explanation.platform().label());
    json.writeObjectPropertyStart("memory");
    area(explanation.now().total());
    json.writeNumberProperty("mappings", explanation.now().mappings());
    json.writeNumberProperty("readingMicros", explanation.readingNanos() / 1000);
    json.writeObjectPropertyStart("areas");
    for (AreaKind kind : AreaKind.values()) {
      json.writeObjectPropertyStart(kind.word());
      area(explanation.now().of(kind));
      json.writeEndObject();
    }
    json.writeEndObject();
    json.writeEndObject();
    explanation
        .since()
        .ifPresent(since -> {
          json.writeObjectPropertyStart("sinceFirstLook");
          json.writeStringProperty("pool", since.pool());
          growth(since.growth());
          json.writeEndObject();
        });
    explanation
        .growth()
        .ifPresent(growth -> {
          json.writeObjectPropertyStart("growth");
          growth(growth);
          json.writeEndObject();
        });
    explanation.trend().ifPresent(trend -> trend(trend, explanation));
    explanation
        .counting()
        .ifPresent(reason -> json.writeStringProperty("requestsNotCounted", reason));
    explanation.following().ifPresent(this::following);
    explanation.pool().ifPresent(this::pool);
    explanation
        .suggestion()
        .ifPresent(limit -> {
          json.writeObjectPropertyStart("suggestedLimit");
          json.writeNumberProperty("bytes", limit.bytes());
          json.writeArrayPropertyStart("reasons");
          limit.reasons().forEach(json::writeString);
          json.writeEndArray();
          json.writeEndObject();
        });
    json.writeArrayPropertyStart("advice");
    explanation
        .advice()
        .forEach(advice -> {
          json.writeStartObject();
          json.writeStringProperty("text", advice.text());
          advice.tried().ifPresent(tried -> json.writeStringProperty("tried", tried));
          json.writeEndObject();
        });
    json.writeEndArray();
  }

  private void area(Area area) {
    json.writeNumberProperty("privateBytes", area.privateBytes());
    json.writeNumberProperty("sharedBytes", area.sharedBytes());
    json.writeNumberProperty("rssBytes", area.rssBytes());
    json.writeNumberProperty("pssBytes", area.pssBytes());
    json.writeNumberProperty("anonymousBytes", area.anonymousBytes());
    json.writeNumberProperty("sharedAnonymousBytes", area.sharedAnonymousBytes());
    json.writeNumberProperty("swapBytes", area.swapBytes());
    json.writeNumberProperty("reclaimableBytes", area.lazyFreeBytes());
    json.writeNumberProperty("hugeBytes", area.hugeBytes());
    json.writeNumberProperty("hugetlbBytes", area.hugetlbBytes());
  }

  private void growth(Growth growth) {
    json.writeNumberProperty("millis", growth.nanos() / 1_000_000);
    json.writeNumberProperty("privateBytes", growth.privateBytes());
    json.writeNumberProperty("pssBytes", growth.pssBytes());
    json.writeNumberProperty("reclaimableBytes", growth.reclaimableBytes());
    json.writeArrayPropertyStart("causes");
    for (Part part : growth.parts()) {
      json.writeStartObject();
      json.writeStringProperty("cause", part.cause().word());
      json.writeNumberProperty("bytes", part.bytes());
      json.writeNumberProperty("sharePercent", growth.sharePercent(part));
      json.writeStringProperty("confidence", part.confidence().word());
      json.writeStringProperty("why", part.why());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayPropertyStart("remarks");
    growth.remarks().forEach(json::writeString);
    json.writeEndArray();
  }

  private void trend(Trend trend, Explanation explanation) {
    json.writeObjectPropertyStart("trend");
    json.writeStringProperty("shape", trend.shape().word());
    switch (trend.shape()) {
      case Shape.Unknown(String reason) -> json.writeStringProperty("reason", reason);
      case Shape.Line(double slope) ->
          json.writeNumberProperty(
              trend.perRequest() ? "bytesPerRequest" : "bytesPerSecond", Math.round(slope));
      case Shape.Step(double from, double _) ->
          json.writeNumberProperty("fromBytes", Math.round(from));
      case Shape.Flat _, Shape.Saturating _ -> {}
    }
    rounded("levelBytes", trend.levelBytes());
    json.writeNumberProperty("millis", trend.nanos() / 1_000_000);
    trend.requests().ifPresent(requests -> json.writeNumberProperty("requests", requests));
    rounded("averageBytesPerRequest", trend.bytesPerRequest());
    explanation.forecast().ifPresent(this::forecast);
    json.writeArrayPropertyStart("series");
    long start = explanation.series().getFirst().atNanos();
    for (Point point : explanation.series()) {
      json.writeStartObject();
      json.writeNumberProperty("millis", (point.atNanos() - start) / 1_000_000);
      point.requests().ifPresent(requests -> json.writeNumberProperty("requests", requests));
      json.writeNumberProperty("privateBytes", point.privateBytes());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private void forecast(Forecast forecast) {
    json.writeObjectPropertyStart("forecast");
    switch (forecast) {
      case Forecast.Over() -> json.writeStringProperty("result", "over");
      case Forecast.Meets(OptionalDouble requests, OptionalDouble seconds) -> {
        json.writeStringProperty("result", "meets");
        rounded("afterRequests", requests);
        if (seconds.isPresent()) {
          json.writeNumberProperty("afterMillis", Math.round(seconds.getAsDouble() * 1000));
        }
      }
      case Forecast.StaysBelow(OptionalDouble _) ->
          json.writeStringProperty("result", "stays-below");
      case Forecast.WillBeOver(double _) -> json.writeStringProperty("result", "will-be-over");
      case Forecast.Unknown() -> json.writeStringProperty("result", "unknown");
    }
    json.writeEndObject();
  }

  private void rounded(String key, OptionalDouble value) {
    if (value.isPresent()) {
      json.writeNumberProperty(key, Math.round(value.getAsDouble()));
    }
  }

  private void following(Following following) {
    json.writeObjectPropertyStart("followed");
    json.writeStringProperty("ended", following.ended());
    json.writeNumberProperty("requests", following.visits().size());
    json.writeNumberProperty("stops", following.stops());
    json.writeNumberProperty("readingMicros", following.readingNanos() / 1000);
    if (!following.visits().isEmpty()) {
      json.writeNumberProperty("takenP50Micros", following.takenNanos(50) / 1000);
      json.writeNumberProperty("takenP99Micros", following.takenNanos(99) / 1000);
    }
    json.writeArrayPropertyStart("routes");
    for (RouteGrowth route : following.routes()) {
      json.writeStartObject();
      json.writeStringProperty("method", route.route().method());
      json.writeStringProperty("path", route.route().path());
      json.writeNumberProperty("requests", route.requests());
      figure("private", route.privateBytes());
      figure("allocated", route.allocatedBytes());
      figure("unshared", route.unsharedBytes());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private void figure(String key, RouteGrowth.Figure figure) {
    json.writeObjectPropertyStart(key);
    json.writeNumberProperty("medianBytes", figure.median());
    json.writeNumberProperty("maximumBytes", figure.maximum());
    json.writeNumberProperty("totalBytes", figure.total());
    json.writeEndObject();
  }

  private void pool(PoolCost pool) {
    json.writeObjectPropertyStart("pool");
    json.writeNumberProperty("togetherBytes", pool.togetherBytes());
    json.writeNumberProperty("withoutSharingBytes", pool.withoutSharingBytes());
    json.writeNumberProperty("savedByForkBytes", pool.savedByForkBytes());
    json.writeNumberProperty("unread", pool.unread());
    pool.outlier().ifPresent(far -> json.writeNumberProperty("outlierPid", far.id().pid()));
    json.writeArrayPropertyStart("workers");
    for (PoolCost.One one : pool.workers()) {
      Area total = one.memory().total();
      json.writeStartObject();
      json.writeNumberProperty("pid", one.id().pid());
      json.writeNumberProperty("startTicks", one.id().startTicks());
      json.writeNumberProperty("privateBytes", total.privateBytes());
      json.writeNumberProperty("sharedBytes", total.sharedBytes());
      json.writeNumberProperty("rssBytes", total.rssBytes());
      json.writeNumberProperty("pssBytes", total.pssBytes());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }
}
