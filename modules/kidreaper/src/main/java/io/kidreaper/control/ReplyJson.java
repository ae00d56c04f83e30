package io.kidreaper.control;

import io.kidreaper.json.Json;
import io.kidreaper.json.JsonFault;
import io.kidreaper.json.JsonText;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.OptionalInt;
import tools.jackson.core.JsonGenerator;

/** A reply as a line; docs/CONTROL.md describes it. */
final class ReplyJson {
  private ReplyJson() {}

  static String write(Reply reply) {
    return JsonText.writeObject(json -> {
      switch (reply) {
        case Reply.Pool(PoolStatus status) -> {
          kind(json, "pool");
          StatusJson.write(json, status);
        }
        case Reply.First(FirstSeen first) -> {
          kind(json, "first");
          FirstSeenJson.write(json, first);
        }
        case Reply.Event(HistoryEvent event) -> {
          kind(json, "event");
          event(json, event);
        }
        case Reply.Missed(long events) -> {
          kind(json, "missed");
          json.writeNumberProperty("events", events);
        }
        case Reply.Done(String text) -> {
          kind(json, "done");
          json.writeStringProperty("text", text);
        }
        case Reply.Refused(String reason) -> {
          kind(json, "refused");
          json.writeStringProperty("reason", reason);
        }
      }
    });
  }

  static Reply read(String line) throws JsonFault {
    Json.Obj json = JsonText.readObject(line);
    String kind = json.text("reply");
    return switch (kind) {
      case "pool" -> new Reply.Pool(StatusJson.read(json));
      case "first" -> new Reply.First(FirstSeenJson.read(json));
      case "event" -> new Reply.Event(event(json));
      case "missed" -> new Reply.Missed(json.number("events"));
      case "done" -> new Reply.Done(json.text("text"));
      case "refused" -> new Reply.Refused(json.text("reason"));
      default -> throw new JsonFault("is a reply \"" + kind + "\", which is not known here");
    };
  }

  private static void kind(JsonGenerator json, String kind) {
    json.writeStringProperty("reply", kind);
  }

  static void event(JsonGenerator json, HistoryEvent event) {
    json.writeStringProperty("time", event.time().toString());
    json.writeStringProperty("kind", event.kind());
    json.writeStringProperty("text", event.text());
    if (event.pid().isPresent()) {
      json.writeNumberProperty("pid", event.pid().getAsInt());
    }
  }

  static HistoryEvent event(Json.Obj json) throws JsonFault {
    return new HistoryEvent(
        time(json, "time"),
        json.text("kind"),
        json.text("text"),
        json.find("pid").isPresent()
            ? OptionalInt.of(json.smallNumber("pid"))
            : OptionalInt.empty());
  }

  static Instant time(Json.Obj json, String key) throws JsonFault {
    try {
      return Instant.parse(json.text(key));
    } catch (DateTimeException e) {
      throw new JsonFault("\"" + key + "\" is no time");
    }
  }
}
