package io.kidreaper.cli;

import io.kidreaper.control.ControlClient;
import io.kidreaper.control.ControlClient.Connected;
import io.kidreaper.control.ControlClient.Received;
import io.kidreaper.control.ControlCommand;
import io.kidreaper.control.FirstSeen;
import io.kidreaper.control.Reply;
import io.kidreaper.pool.ProcessId;
import io.kidreaper.run.state.PoolName;
import io.kidreaper.run.state.StateFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Asks whichever kidreaper runs and looks after a worker what its memory was at first. None is
 * needed: who does not answer is passed over.
 */
final class FirstSightings {
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final Path folder;
  private final int ourUserId;

  /**
   * @param folder where they have their control sockets
   */
  FirstSightings(Path folder, int ourUserId) {
    this.folder = folder;
    this.ourUserId = ourUserId;
  }

  Optional<FirstSeen> of(ProcessId worker) {
    try {
      if (StateFolder.open(folder, ourUserId)
          instanceof StateFolder.Opened.Open(StateFolder state)) {
        return state.pools().stream()
            .map((PoolName pool) -> ask(state.socket(pool), worker))
            .flatMap(Optional::stream)
            .findFirst();
      }
    } catch (IOException e) {
      // A folder that cannot be listed knows of nobody.
    }
    return Optional.empty();
  }

  private Optional<FirstSeen> ask(Path socket, ProcessId worker) {
    if (!(ControlClient.connect(socket, ourUserId)
        instanceof Connected.Open(ControlClient client))) {
      return Optional.empty();
    }
    try (client) {
      return client.ask(new ControlCommand.First(worker.pid()), PATIENCE)
                  instanceof Received.Line(Reply.First(FirstSeen first), String _)
              && first.worker().equals(worker)
          ? Optional.of(first)
          : Optional.empty();
    }
  }
}
