package io.kidreaper.cli;

import io.kidreaper.linux.OneShotLibc;
import java.util.Optional;

/** Where {@code kidreaper} starts. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    Terminal terminal = Terminal.standard(new OneShotLibc());
    Interruption interruption = Interruption.install();
    int status = run(terminal, interruption, args);
    if (terminal.writeFailed()) {
      terminal.err().println("kidreaper: the result could not be written to standard output");
      status = ExitStatus.OUTPUT_FAILED;
    }
    interruption.finished();
    // Every exit looks for a logger to tell of it, for as long as reading a hundred workers takes.
    if (status != ExitStatus.DONE) {
      System.exit(status);
    }
  }

  /**
   * Runs one command line and returns its exit status.
   *
   * <p>A cron job runs the article's form many times a day, and most of its time would go into
   * reading the command line: picocli's classes are too old for the JVM's start-up cache. So a
   * well-formed one goes past it; all else, wrong ones included, is picocli's.
   */
  static int run(Terminal terminal, Interruption interruption, String... args) {
    Optional<ArticleForm> article = ArticleForm.of(args);
    // Somebody at a terminal gets the table, also of a sweep that had nothing to do.
    if (article.isPresent() && !terminal.live() && article.get().isDone()) {
      return ExitStatus.DONE;
    }
    SweepCommand sweep = new SweepCommand(terminal, interruption);
    return article.isPresent()
        ? article.get().run(sweep)
        : Commands.run(terminal, interruption, sweep, args);
  }
}
