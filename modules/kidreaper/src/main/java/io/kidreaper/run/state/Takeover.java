package io.kidreaper.run.state;

import io.kidreaper.control.ControlClient;
import io.kidreaper.control.ControlCommand;
import io.kidreaper.control.Reply;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Takes a pool over from a living kidreaper of the same name: asks it, waits until it has let go,
 * and has its lock then. The workers serve all the while; they come by {@link Adoption} afterwards,
 * as they would had it died.
 *
 * <pre>
 * new                                  old
 *  │ takeover, our pid        ────────► ends its retirement under way, begins no other
 *  │                                    lets go of held workers and of the template
 *  │                                    writes the state
 *  │ ◄────────                  done    tells systemd our pid, gives up socket and lock, exits with 0
 *  │ takes the lock, adopts
 * </pre>
 */
public final class Takeover {
  /** How long the old one's exit may take after it has said that it has let go. */
  private static final Duration EXIT_PATIENCE = Duration.ofSeconds(10);

  /** What came of it. */
  public sealed interface Result {
    /**
     * The pool's lock is ours.
     *
     * @param fromLiving whether a living kidreaper has let go; false where there was none
     */
    record Taken(PoolLock lock, boolean fromLiving) implements Result {}

    /**
     * The old one keeps the pool.
     *
     * @param reason a sentence
     */
    record Refused(String reason) implements Result {}
  }

  private Takeover() {}

  /**
   * Asks, and waits.
   *
   * @param patience for the old one's answer: it may have to wait for a request to end
   */
  public static Result take(StateFolder folder, PoolName name, Duration patience) {
    return take(folder, name, patience, EXIT_PATIENCE);
  }

  static Result take(StateFolder folder, PoolName name, Duration patience, Duration exitPatience) {
    return switch (PoolLock.take(folder, name)) {
      case PoolLock.Taken.Ours(PoolLock lock) -> new Result.Taken(lock, false);
      case PoolLock.Taken.Refused(String reason) -> new Result.Refused(reason);
      case PoolLock.Taken.Held _ -> ask(folder, name, patience, exitPatience);
    };
  }

  private static Result ask(
      StateFolder folder, PoolName name, Duration patience, Duration exitPatience) {
    Path socket = folder.socket(name);
    switch (ControlClient.connect(socket, folder.ourUserId())) {
      case ControlClient.Connected.Failed(String reason, _) -> {
        // It may be on its way out at this very moment, or its control socket was removed.
        return locked(folder, name, exitPatience, reason);
      }
      case ControlClient.Connected.Open(ControlClient client) -> {
        try (client) {
          int self = (int) ProcessHandle.current().pid();
          switch (client.ask(new ControlCommand.Takeover(self), patience)) {
            case ControlClient.Received.Line(Reply.Refused(String reason), _) -> {
              return new Result.Refused(
                  "the running kidreaper does not hand pool " + name + " over: " + reason);
            }
            case ControlClient.Received.Line _ -> {}
            case ControlClient.Received.End() -> {}
            case ControlClient.Received.Failed(String reason) -> {
              return new Result.Refused(
                  "the running kidreaper did not hand pool " + name + " over: " + reason);
            }
          }
        }
        return locked(folder, name, exitPatience, "it said that it has let go");
      }
    }
  }

  private static Result locked(
      StateFolder folder, PoolName name, Duration exitPatience, String so) {
    return switch (PoolLock.take(folder, name, exitPatience)) {
      case PoolLock.Taken.Ours(PoolLock lock) -> new Result.Taken(lock, true);
      case PoolLock.Taken.Refused(String reason) -> new Result.Refused(reason);
      case PoolLock.Taken.Held(var pid) ->
          new Result.Refused(
              "pool %s is kept by process %s, which does not end (%s)"
                  .formatted(name, pid.isPresent() ? pid.getAsInt() : "unknown", so));
    };
  }
}
