package io.kidreaper.cli;

import io.kidreaper.control.ControlClient;
import io.kidreaper.control.ControlClient.Connected;
import io.kidreaper.run.state.PoolName;
import io.kidreaper.run.state.StateFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Finds the pool that is meant and connects to it, or says which ones there are. */
final class CtlAccess {
  /** What came of it. */
  sealed interface Access {
    record Open(ControlClient client) implements Access {}

    /**
     * @param reason a sentence that says what to do
     * @param status the exit status
     */
    record Failed(String reason, int status) implements Access {}
  }

  private final int ourUserId;
  private final Map<String, String> environment;

  CtlAccess(int ourUserId, Map<String, String> environment) {
    this.ourUserId = ourUserId;
    this.environment = environment;
  }

  Access open(CtlTarget target) {
    if (target.socket().isPresent()) {
      return switch (ControlClient.connect(target.socket().get(), ourUserId)) {
        case Connected.Open(ControlClient client) -> new Access.Open(client);
        case Connected.Failed(String reason, boolean nobody) ->
            new Access.Failed(reason, nobody ? ExitStatus.NO_SUCH_POOL : ExitStatus.INCOMPLETE);
      };
    }
    Path path =
        target
            .state()
            .map(Path::toAbsolutePath)
            .orElseGet(() -> StateFolder.standard(ourUserId, environment));
    try {
      return switch (StateFolder.open(path, ourUserId)) {
        case StateFolder.Opened.Open(StateFolder folder) ->
            target.name().isPresent() ? named(folder, target.name().get()) : only(folder);
        case StateFolder.Opened.Missing(Path missing) ->
            new Access.Failed(
                "no pool is running: there is no state folder "
                    + missing
                    + "; a pool of another user, or one started with --state DIR, is found with the"
                    + " same --state DIR",
                ExitStatus.NO_SUCH_POOL);
        case StateFolder.Opened.Refused(String reason) ->
            new Access.Failed(reason, ExitStatus.INCOMPLETE);
      };
    } catch (IOException e) {
      return new Access.Failed(
          "the state folder " + path + " cannot be listed: " + e, ExitStatus.INCOMPLETE);
    }
  }

  private Access named(StateFolder folder, PoolName name) throws IOException {
    return switch (ControlClient.connect(folder.socket(name), ourUserId)) {
      case Connected.Open(ControlClient client) -> new Access.Open(client);
      case Connected.Failed(String reason, boolean nobody) when !nobody ->
          new Access.Failed(reason, ExitStatus.INCOMPLETE);
      case Connected.Failed _ -> {
        boolean died = folder.pools().contains(name);
        List<PoolName> running = running(folder);
        yield new Access.Failed(
            died
                ? "the kidreaper of pool "
                    + name
                    + " has died; 'kidreaper run' with the same name goes on with its workers"
                : "no pool " + name + " is running; " + known(folder, running),
            ExitStatus.NO_SUCH_POOL);
      }
    };
  }

  private Access only(StateFolder folder) throws IOException {
    List<PoolName> running = running(folder);
    return switch (running.size()) {
      case 0 ->
          new Access.Failed(
              "no pool is running; " + known(folder, running), ExitStatus.NO_SUCH_POOL);
      case 1 -> named(folder, running.getFirst());
      default ->
          new Access.Failed(
              "several pools are running; say which with --name: " + words(running),
              ExitStatus.USAGE);
    };
  }

  private static String known(StateFolder folder, List<PoolName> running) {
    return running.isEmpty()
        ? "there is none in " + folder.path()
        : "there are: " + words(running) + " (in " + folder.path() + ")";
  }

  private static String words(List<PoolName> pools) {
    return pools.stream().map(PoolName::text).collect(Collectors.joining(", "));
  }

  private List<PoolName> running(StateFolder folder) throws IOException {
    List<PoolName> running = new ArrayList<>();
    for (PoolName pool : folder.pools()) {
      switch (ControlClient.connect(folder.socket(pool), ourUserId)) {
        case Connected.Open(ControlClient client) -> {
          client.close();
          running.add(pool);
        }
        // One that does not let us in is there all the same.
        case Connected.Failed(_, boolean nobody) -> {
          if (!nobody) {
            running.add(pool);
          }
        }
      }
    }
    return running;
  }
}
