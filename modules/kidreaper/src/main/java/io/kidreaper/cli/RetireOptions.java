package io.kidreaper.cli;

import io.kidreaper.retire.At;
import io.kidreaper.retire.Escalation;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a worker is asked to go: the options that all retiring commands share. */
final class RetireOptions {
  @Option(
      names = "--signal",
      paramLabel = "SIGNAL",
      defaultValue = "auto",
      converter = SignalChoice.Converter.class,
      description =
          "by which a worker is asked to go: HUP, TERM, QUIT, USR1, USR2, INT, KILL, or auto:"
              + " the one that retires a worker of this server, HUP where it is not known"
              + " (default: ${DEFAULT-VALUE})")
  private SignalChoice signal = new SignalChoice.Auto();

  @Option(
      names = "--at",
      paramLabel = "MOMENT",
      description = {
        "when the signal is delivered:",
        "boundary  between two requests, held by tracing",
        "idle      when seen idle, without touching it",
        "any       at once",
        "(default: boundary where permitted, else idle)"
      })
  private @Nullable At at;

  @Option(
      names = "--patience",
      paramLabel = "TIME",
      defaultValue = "30s",
      description = "how long that moment may take to come (default: ${DEFAULT-VALUE})")
  private Duration patience = Duration.ofSeconds(30);

  @Option(
      names = "--grace",
      paramLabel = "TIME",
      defaultValue = "60s",
      description =
          "how long a worker may take to leave after its signal, and then its replacement to"
              + " come (default: ${DEFAULT-VALUE})")
  private Duration grace = Duration.ofSeconds(60);

  @Option(
      names = "--escalate",
      paramLabel = "STEP",
      defaultValue = "none",
      description =
          "what happens to a worker that does not leave: none, or kill, which sends KILL where"
              + " no request can be lost, and anywhere only with --at any"
              + " (default: ${DEFAULT-VALUE})")
  private Escalation escalation = Escalation.NONE;

  @Option(names = "--force", description = "send a signal even where it is known to cut requests")
  private boolean force;

  RetireRequest request() {
    return new RetireRequest(signal, Optional.ofNullable(at), patience, grace, escalation, force);
  }
}
