package io.kidreaper.control;

import io.kidreaper.json.Json;
import io.kidreaper.json.JsonFault;
import io.kidreaper.json.JsonText;
import io.kidreaper.memory.ByteSize;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;

/** A command as a line; docs/CONTROL.md describes it. */
final class CommandJson {
  private static final int MOST_WORKERS = 10_000;

  /** What a line is. */
  sealed interface Read {
    record Command(ControlCommand command) implements Read {}

    record Refused(String reason) implements Read {}
  }

  private CommandJson() {}

  static String write(ControlCommand command) {
    return JsonText.writeObject(json -> {
      switch (command) {
        case ControlCommand.Status() -> name(json, "status");
        case ControlCommand.Events(int last, boolean follow) -> {
          name(json, "events");
          json.writeNumberProperty("last", last);
          json.writeBooleanProperty("follow", follow);
        }
        case ControlCommand.First(int pid) -> {
          name(json, "first");
          json.writeNumberProperty("pid", pid);
        }
        case ControlCommand.Restart() -> name(json, "restart");
        case ControlCommand.Retire(int pid) -> {
          name(json, "retire");
          json.writeNumberProperty("pid", pid);
        }
        case ControlCommand.Scale(int workers) -> {
          name(json, "scale");
          json.writeNumberProperty("workers", workers);
        }
        case ControlCommand.SetLimit(ByteSize size, Optional<String> pool) -> {
          name(json, "limit");
          json.writeNumberProperty("bytes", size.bytes());
          pool(json, pool);
        }
        case ControlCommand.Pause(Optional<String> pool) -> {
          name(json, "pause");
          pool(json, pool);
        }
        case ControlCommand.Resume(Optional<String> pool) -> {
          name(json, "resume");
          pool(json, pool);
        }
        case ControlCommand.Reload() -> name(json, "reload");
        case ControlCommand.Stop(boolean now) -> {
          name(json, "stop");
          json.writeBooleanProperty("now", now);
        }
        case ControlCommand.Takeover(int successor) -> {
          name(json, "takeover");
          json.writeNumberProperty("pid", successor);
        }
      }
    });
  }

  private static void name(JsonGenerator json, String name) {
    json.writeStringProperty("command", name);
  }

  private static void pool(JsonGenerator json, Optional<String> pool) {
    pool.ifPresent(name -> json.writeStringProperty("pool", name));
  }

  static Read read(String line) {
    try {
      Json.Obj json = JsonText.readObject(line);
      String name = json.text("command");
      return switch (name) {
        case "status" -> command(json, List.of(), new ControlCommand.Status());
        case "events" ->
            command(
                json,
                List.of("last", "follow"),
                new ControlCommand.Events(
                    number(json, "last", 0, Integer.MAX_VALUE), json.isTrue("follow")));
        case "first" -> command(json, List.of("pid"), new ControlCommand.First(pid(json)));
        case "restart" -> command(json, List.of(), new ControlCommand.Restart());
        case "retire" -> command(json, List.of("pid"), new ControlCommand.Retire(pid(json)));
        case "scale" ->
            command(
                json,
                List.of("workers"),
                new ControlCommand.Scale(number(json, "workers", 0, MOST_WORKERS)));
        case "limit" -> {
          long bytes = json.number("bytes");
          yield bytes < 1
              ? new Read.Refused("\"bytes\" has to be at least 1")
              : command(
                  json,
                  List.of("bytes", "pool"),
                  new ControlCommand.SetLimit(new ByteSize(bytes), json.textIfThere("pool")));
        }
        case "pause" ->
            command(json, List.of("pool"), new ControlCommand.Pause(json.textIfThere("pool")));
        case "resume" ->
            command(json, List.of("pool"), new ControlCommand.Resume(json.textIfThere("pool")));
        case "reload" -> command(json, List.of(), new ControlCommand.Reload());
        case "stop" -> command(json, List.of("now"), new ControlCommand.Stop(json.isTrue("now")));
        case "takeover" -> command(json, List.of("pid"), new ControlCommand.Takeover(pid(json)));
        default ->
            new Read.Refused(
                "there is no command \"%s\"; there are status, events, first, restart, retire, scale, limit, pause, resume, reload, stop and takeover"
                    .formatted(name));
      };
    } catch (JsonFault e) {
      return new Read.Refused("the line " + e.getMessage());
    }
  }

  /** A key that is not known may be the very one that makes the command harmless. */
  private static Read command(Json.Obj json, List<String> keys, ControlCommand command) {
    return json.members().keySet().stream()
        .filter(key -> !key.equals("command") && !keys.contains(key))
        .findFirst()
        .<Read>map(key -> new Read.Refused("this command has no \"" + key + "\""))
        .orElseGet(() -> new Read.Command(command));
  }

  private static int pid(Json.Obj json) throws JsonFault {
    return number(json, "pid", 1, Integer.MAX_VALUE);
  }

  private static int number(Json.Obj json, String key, int least, int most) throws JsonFault {
    long value = json.number(key);
    if (value < least || value > most) {
      throw new JsonFault("has a \"%s\" that is not from %d to %d".formatted(key, least, most));
    }
    return (int) value;
  }
}
