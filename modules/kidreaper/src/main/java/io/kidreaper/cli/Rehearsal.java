package io.kidreaper.cli;

import io.kidreaper.linux.OneShotLibc;
import io.kidreaper.linux.trace.Practice;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/**
 * What a start-up cache is trained with: command lines once each, harmless and unheard. The JVM
 * remembers which classes and methods they needed, and at every later start it prepares them all,
 * needed or not. So what cron runs has a cache that was trained with nothing else.
 */
public final class Rehearsal {
  private Rehearsal() {}

  /**
   * @param args {@code article}, {@code run}, {@code watch}, {@code explain} or {@code all}, and
   *     the pid of a process that has children and gets no signal
   */
  public static void main(String[] args) {
    if (args.length != 2) {
      throw new IllegalArgumentException(
          "not what to rehearse, and on which process: " + args.length);
    }
    String manager = args[1];
    Terminal.standard(new OneShotLibc());
    Interruption interruption = Interruption.install();
    PrintWriter nowhere =
        new PrintWriter(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    Terminal silent = new Terminal(nowhere, nowhere, false, false);
    if (args[0].equals("run")) {
      DaemonRehearsal.run(silent, interruption);
      interruption.finished();
      return;
    }
    if (args[0].equals("explain")) {
      explain(silent, interruption, manager);
      interruption.finished();
      return;
    }
    if (args[0].equals("watch")) {
      DaemonRehearsal.watch(silent, interruption, manager);
      interruption.finished();
      return;
    }
    Main.run(silent, interruption, manager, "8796093022208");
    if (args[0].equals("all")) {
      Main.run(silent, interruption, "reap", "--manager", manager, "--limit", "1", "--dry-run");
      Main.run(
          silent,
          interruption,
          "reap",
          "--manager",
          manager,
          "--limit",
          "1",
          "--dry-run",
          "--json");
      Main.run(silent, interruption, "reap", "--manager", manager, "--limit", "8T");
      // No pool is to be found there, which is known after most of what any of these does.
      Main.run(silent, interruption, "ctl", "--state", "/nonexistent", "status");
      Practice.alone();
    }
    interruption.finished();
  }

  private static void explain(Terminal silent, Interruption interruption, String process) {
    Main.run(silent, interruption, "explain", process);
    Main.run(silent, interruption, "explain", process, "--json", "--limit", "8T");
    Main.run(silent, interruption, "explain", process, "--for", "500ms", "--limit", "8T");
    // The tracer is not rehearsed: nobody is to be held for it.
    Main.run(silent, interruption, "explain", "--manager", process);
  }
}
