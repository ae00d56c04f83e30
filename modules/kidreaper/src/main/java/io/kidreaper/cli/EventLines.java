package io.kidreaper.cli;

import io.kidreaper.control.HistoryEvent;
import io.kidreaper.control.Reply;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;

/** Events as lines for people: when, what kind, what. */
final class EventLines {
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");

  private final ZoneId zone;

  EventLines(ZoneId zone) {
    this.zone = zone;
  }

  String line(Reply reply) {
    return switch (reply) {
      case Reply.Event(HistoryEvent event) -> line(event);
      case Reply.Missed(long events) ->
          "(" + events + (events == 1 ? " event is" : " events are") + " missing here)";
      case Reply.Done(String text) -> PoolTable.printable(text);
      case Reply.Refused(String reason) -> PoolTable.printable(reason);
      case Reply.Pool _, Reply.First _ -> "";
    };
  }

  String line(HistoryEvent event) {
    return TIME.format(event.time().atZone(zone))
        + "  "
        + PoolTable.printable(event.kind())
        + "  "
        + PoolTable.printable(event.text());
  }
}
