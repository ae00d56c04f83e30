package io.kidreaper.cli;

import io.kidreaper.control.ControlClient;
import io.kidreaper.control.ControlClient.Received;
import io.kidreaper.control.ControlCommand;
import io.kidreaper.control.Reply;
import io.kidreaper.linux.NativeLibc;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.ToIntFunction;

/** Asks a running pool and tells its answer. */
final class Ctl {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Terminal terminal;
  private final Interruption interruption;
  private final Map<String, String> environment;

  Ctl(Terminal terminal, Interruption interruption, Map<String, String> environment) {
    this.terminal = terminal;
    this.interruption = interruption;
    this.environment = environment;
  }

  int status(CtlTarget target, boolean json) {
    PoolTable table = new PoolTable(terminal, ZoneId.systemDefault());
    return with(
        target,
        client ->
            ask(
                client,
                new ControlCommand.Status(),
                PATIENCE,
                (reply, line) -> {
                  if (reply instanceof Reply.Pool(var pool)) {
                    if (json) {
                      terminal.out().println(line);
                    } else {
                      table.print(pool);
                    }
                  }
                }));
  }

  int act(CtlTarget target, ControlCommand.Action action) {
    return with(
        target,
        client ->
            ask(
                client,
                action,
                PATIENCE,
                (reply, _) -> {
                  if (reply instanceof Reply.Done(String text)) {
                    terminal.out().println(PoolTable.printable(text));
                  }
                }));
  }

  int events(CtlTarget target, ControlCommand.Events command, boolean json) {
    EventLines lines = new EventLines(ZoneId.systemDefault());
    return with(
        target,
        client -> {
          interruption.wakes(client::close);
          return ask(
              client,
              command,
              command.follow() ? Duration.ZERO : PATIENCE,
              (reply, line) -> {
                if (!reply.isLast()) {
                  terminal.out().println(json ? line : lines.line(reply));
                }
              });
        });
  }

  private int with(CtlTarget target, ToIntFunction<ControlClient> use) {
    int ourUserId = new NativeLibc().effectiveUserId();
    return switch (new CtlAccess(ourUserId, environment).open(target)) {
      case CtlAccess.Access.Failed(String reason, int status) -> {
        terminal.complain(reason);
        yield status;
      }
      case CtlAccess.Access.Open(ControlClient client) -> {
        try (client) {
          yield use.applyAsInt(client);
        }
      }
    };
  }

  /**
   * @param patience between two lines of the answer; zero has no end
   */
  private int ask(
      ControlClient client,
      ControlCommand command,
      Duration patience,
      BiConsumer<Reply, String> tell) {
    Received received = client.ask(command, patience);
    while (received instanceof Received.Line(Reply reply, String line) && !reply.isLast()) {
      tell.accept(reply, line);
      // Whoever read our output has gone; Main says so where it was not on purpose.
      if (terminal.writeFailed()) {
        return ExitStatus.DONE;
      }
      received = client.next(patience);
    }
    if (interruption.requested()) {
      return ExitStatus.INTERRUPTED;
    }
    return switch (received) {
      case Received.Line(Reply.Refused(String reason), _) -> failed(PoolTable.printable(reason));
      case Received.Line(Reply last, String line) -> {
        tell.accept(last, line);
        yield ExitStatus.DONE;
      }
      case Received.End() -> failed("kidreaper ended before it had answered");
      case Received.Failed(String reason) -> failed(reason);
    };
  }

  private int failed(String reason) {
    terminal.complain(reason);
    return ExitStatus.INCOMPLETE;
  }
}
