package io.kidreaper.embed;

import io.kidreaper.control.ControlClient;
import io.kidreaper.control.ControlCommand;
import io.kidreaper.control.Reply;
import io.kidreaper.linux.NativeLibc;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;

/** What a worker has to do beyond its requests: to leave between two of them. */
final class Duty {
  private static final AtomicBoolean ASKING = new AtomicBoolean();
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Runnable exit;
  private final Optional<RequestAllowance> allowance;
  private int underway;
  private boolean leaving;

  /**
   * @param exit ends the process
   */
  Duty(ProcManagerSettings settings, Map<String, String> environment, Runnable exit) {
    this.exit = exit;
    Path socket = settings.controlSocket(environment);
    this.allowance =
        settings.maxRequests().isEmpty()
            ? Optional.empty()
            : Optional.of(
                new RequestAllowance(
                    earlier(settings.maxRequests().getAsLong()),
                    // A request's thread, which serves the next one already.
                    () -> askInTime(socket)));
  }

  /** By up to a tenth, so that workers that began together do not go together. */
  private static long earlier(long most) {
    return most - ThreadLocalRandom.current().nextLong(most / 10 + 1);
  }

  synchronized void begin() {
    underway++;
  }

  void end() {
    boolean last;
    synchronized (this) {
      underway--;
      last = leaving && underway == 0;
    }
    allowance.ifPresent(RequestAllowance::served);
    if (last) {
      exit.run();
    }
  }

  /** It is to go: now, or after the last request that has begun. */
  void leave() {
    boolean idle;
    synchronized (this) {
      leaving = true;
      idle = underway == 0;
    }
    if (idle) {
      exit.run();
    }
  }

  /** One question at a time: a busy manager would be asked by hundreds of threads at once. */
  private static void askInTime(Path socket) {
    if (ASKING.compareAndSet(false, true)) {
      Thread.ofVirtual()
          .start(() -> {
            try {
              askForReplacement(socket);
            } finally {
              ASKING.set(false);
            }
          });
    }
  }

  private static void askForReplacement(Path socket) {
    switch (ControlClient.connect(socket, new NativeLibc().effectiveUserId())) {
      case ControlClient.Connected.Failed(String reason, boolean _) -> notReplaced(reason);
      case ControlClient.Connected.Open(ControlClient client) -> {
        try (client) {
          ControlCommand retire =
              new ControlCommand.Retire(Math.toIntExact(ProcessHandle.current().pid()));
          switch (client.ask(retire, PATIENCE)) {
            case ControlClient.Received.Failed(String reason) -> notReplaced(reason);
            case ControlClient.Received.End() -> notReplaced("the manager hung up");
            case ControlClient.Received.Line(Reply reply, String json) -> {
              switch (reply) {
                case Reply.Done _ -> {}
                case Reply.Refused(String reason) -> notReplaced(reason);
                case Reply.Pool _, Reply.First _, Reply.Event _, Reply.Missed _ ->
                    notReplaced(json);
              }
            }
          }
        }
      }
    }
  }

  /** To the manager's log, where a worker's words go. */
  private static void notReplaced(String reason) {
    System.err.println("this worker has had its requests, and is not replaced yet: " + reason);
  }
}
