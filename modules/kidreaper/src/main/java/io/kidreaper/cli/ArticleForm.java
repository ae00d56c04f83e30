package io.kidreaper.cli;

import io.kidreaper.memory.ByteSize;
import io.kidreaper.memory.Limit;
import io.kidreaper.memory.Measure;
import io.kidreaper.retire.Escalation;
import io.kidreaper.retire.Signal;
import java.time.Duration;
import java.util.Optional;

/**
 * {@code kidreaper PPID BYTES}: the measure, signal and pace of the cron script that this tool
 * replaces.
 *
 * @param manager pid of the process whose children are looked at
 * @param limit the virtual size that is too much, more than 0
 */
record ArticleForm(int manager, ByteSize limit) {
  private static final Duration PAUSE = Duration.ofSeconds(10);
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration GRACE = Duration.ofSeconds(60);

  /** The form, if these words are a well-formed one. */
  static Optional<ArticleForm> of(String... args) {
    if (args.length != 2 || !digits(args[0]) || args[1].isEmpty()) {
      return Optional.empty();
    }
    try {
      int manager = Integer.parseInt(args[0]);
      ByteSize limit = ByteSize.parse(args[1]);
      return manager > 0 && limit.bytes() > 0
          ? Optional.of(new ArticleForm(manager, limit))
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      // The full command line says what is wrong with it.
      return Optional.empty();
    }
  }

  private static boolean digits(String word) {
    for (int i = 0; i < word.length(); i++) {
      if (word.charAt(i) < '0' || word.charAt(i) > '9') {
        return false;
      }
    }
    return !word.isEmpty();
  }

  /** Whether a glance at the pool shows that a sweep would find nothing to do. */
  boolean isDone() {
    return Glance.nobodyReaches(manager, limit.bytes());
  }

  /** Sweeps once and returns the exit status. */
  int run(SweepCommand sweep) {
    return sweep.run(
        new SweepRequest(
            new ManagerChoice.ByPid(manager),
            new Limit(Measure.VSZ, limit.bytes()),
            new RetireRequest(
                new SignalChoice.Named(Signal.HUP),
                Optional.empty(),
                PATIENCE,
                GRACE,
                Escalation.NONE,
                false),
            PAUSE,
            false,
            Source.AUTO),
        SweepCommand.Style.QUIET);
  }
}
