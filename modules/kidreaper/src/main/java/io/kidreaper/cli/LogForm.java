package io.kidreaper.cli;

import io.kidreaper.json.JsonText;
import io.kidreaper.watch.WatchEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.Optional;

/** How an event is written to a log: one line each. */
enum LogForm {
  /** For people. */
  TEXT,
  /** {@code key=value}, for log collectors that split at blanks. */
  LOGFMT,
  /** One object a line. */
  JSON;

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSxx");

  /**
   * @param journal whether the journal reads it, which marks time and reads the priority that
   *     stands in front ({@code sd-daemon(3)})
   */
  String line(WatchEvent event, boolean journal) {
    String line =
        switch (this) {
          case TEXT -> (journal ? "" : time(event) + " ") + text(event);
          case LOGFMT -> logfmt(event, journal);
          case JSON -> json(event);
        };
    // A line break would begin a line without a priority, and of somebody else's words.
    String oneLine = line.replaceAll("\\R", " ");
    return journal ? "<" + event.weight().priority() + ">" + oneLine : oneLine;
  }

  /** Whether standard error goes to the journal itself, and not to what a parent made of it. */
  static boolean isJournal(Map<String, String> environment) {
    String said = environment.getOrDefault("JOURNAL_STREAM", "");
    try {
      Map<String, Object> file = Files.readAttributes(Path.of("/proc/self/fd/2"), "unix:dev,ino");
      return said.equals(file.get("dev") + ":" + file.get("ino"));
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }

  private static String time(WatchEvent event) {
    return TIME.format(event.time().atZone(ZoneId.systemDefault()));
  }

  private static String text(WatchEvent event) {
    return event.pool().map(pool -> pool + " ").orElse("") + event.text();
  }

  private static String logfmt(WatchEvent event, boolean journal) {
    StringBuilder line = new StringBuilder();
    if (!journal) {
      line.append("time=").append(event.time()).append(' ');
    }
    line.append("level=").append(event.weight().word());
    event.pool().ifPresent(pool -> line.append(" pool=").append(pool));
    line.append(" event=").append(event.kind());
    if (event.pid().isPresent()) {
      line.append(" pid=").append(event.pid().getAsInt());
    }
    String quoted = event.text().replace("\\", "\\\\").replace("\"", "\\\"");
    return line.append(" msg=\"").append(quoted).append('"').toString();
  }

  /** As an object; what a command of {@code --on-event} gets, too. */
  static String json(WatchEvent event) {
    return JsonText.writeObject(json -> {
      json.writeStringProperty("time", event.time().toString());
      json.writeStringProperty("level", event.weight().word());
      event.pool().ifPresent(pool -> json.writeStringProperty("pool", pool));
      json.writeStringProperty("event", event.kind());
      if (event.pid().isPresent()) {
        json.writeNumberProperty("pid", event.pid().getAsInt());
      }
      json.writeStringProperty("text", event.text());
    });
  }

  /** The form of that name; empty where it is none. */
  static Optional<LogForm> named(String word) {
    return switch (word) {
      case "text" -> Optional.of(TEXT);
      case "logfmt" -> Optional.of(LOGFMT);
      case "json" -> Optional.of(JSON);
      default -> Optional.empty();
    };
  }
}
