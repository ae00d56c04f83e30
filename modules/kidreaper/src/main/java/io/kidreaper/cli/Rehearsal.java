package io.kidreaper.cli;

import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/**
 * What the start-up cache is trained with: the usual command lines once each, harmless and unheard.
 * The JVM remembers which classes and methods they needed.
 */
public final class Rehearsal {
  private Rehearsal() {}

  /**
   * @param args the pid of a process that has children and gets no signal
   */
  public static void main(String[] args) {
    if (args.length != 1) {
      throw new IllegalArgumentException("the pid of a process with children is missing");
    }
    String manager = args[0];
    PrintWriter nowhere =
        new PrintWriter(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    Terminal silent = new Terminal(nowhere, nowhere, false, false);
    Interruption never = Interruption.none();
    Main.run(silent, never, manager, "8T");
    Main.run(silent, never, "reap", "--manager", manager, "--limit", "1", "--dry-run");
    Main.run(silent, never, "reap", "--manager", manager, "--limit", "1", "--dry-run", "--json");
    Main.run(silent, never, "reap", "--manager", manager, "--limit", "8T");
  }
}
