package io.kidreaper.cli;

import java.io.PrintWriter;
import java.io.StringWriter;

/** A terminal that remembers what was written to it. */
final class Screen {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final Terminal terminal;

  private Screen(boolean colours) {
    this.terminal =
        new Terminal(new PrintWriter(out, true), new PrintWriter(err, true), colours, false);
  }

  /** As a script or a cron job has it. */
  static Screen plain() {
    return new Screen(false);
  }

  static Screen coloured() {
    return new Screen(true);
  }

  Terminal terminal() {
    return terminal;
  }

  /** Runs one command line and returns its exit status. */
  int run(String... args) {
    return Main.run(terminal, Interruption.none(), args);
  }

  String out() {
    return out.toString();
  }

  String err() {
    return err.toString();
  }
}
