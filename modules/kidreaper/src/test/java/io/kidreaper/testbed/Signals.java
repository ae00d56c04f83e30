package io.kidreaper.testbed;

import java.nio.file.Path;

/** Plain signals, as an operator's {@code kill} sends them. */
public final class Signals {
  private Signals() {}

  /**
   * Sends a signal to one process, which has to be there.
   *
   * @param signal its name without {@code SIG}: {@code HUP}
   */
  public static void send(int pid, String signal) {
    Command.of("kill", "-s", signal, pid).runIn(Path.of("/"));
  }
}
