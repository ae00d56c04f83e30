package io.kidreaper.cli;

import io.kidreaper.linux.pressure.Amount;
import io.kidreaper.linux.pressure.MemoryRoom;
import io.kidreaper.memory.Budget;
import io.kidreaper.memory.ByteSize;
import io.kidreaper.memory.Limit;
import io.kidreaper.memory.Measure;
import io.kidreaper.policy.PolicySettings;
import io.kidreaper.policy.Restraint;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** What workers and their pool may come to. */
final class LimitFlags {
  /**
   * A managed pool replaces a worker without loss, so it need not wait whether the second reading
   * agrees; a worker grows on meanwhile.
   */
  private static final int SAMPLES_OVER = 1;

  @Option(
      names = "--limit",
      paramLabel = "SIZE",
      description = "what one worker may cost (private memory); one at or above it is replaced")
  private @Nullable ByteSize limit;

  @Option(
      names = "--budget",
      paramLabel = "SIZE|PERCENT",
      description =
          "what the whole pool may cost (PSS and swap), or its share of the memory that the cgroup"
              + " or the machine allows: 1G, 80%%; above it the largest idle worker is replaced, one"
              + " after another")
  private @Nullable String budget;

  @Option(
      names = "--max-requests",
      paramLabel = "N",
      description =
          "a worker is replaced after so many connections, or up to a tenth fewer; they are"
              + " counted by the kernel, exactly, where that is permitted")
  private @Nullable Long maxRequests;

  @Option(
      names = "--max-age",
      paramLabel = "TIME",
      description = "a worker is replaced at this age, or up to a tenth earlier")
  private @Nullable Duration maxAge;

  @Option(
      names = "--idle-retire",
      paramLabel = "TIME",
      description = "a worker that has grown is replaced after so long without a request")
  private @Nullable Duration idleRetire;

  @Option(
      names = "--hard-limit",
      paramLabel = "SIZE",
      description =
          "the last resort: a worker at or above it may finish its request within 10 s, and is"
              + " killed then")
  private @Nullable ByteSize hardLimit;

  @Option(
      names = "--every",
      paramLabel = "TIME",
      defaultValue = "1s",
      description = "how often workers are measured (default: ${DEFAULT-VALUE})")
  private Duration every = Duration.ofSeconds(1);

  PolicySettings settings() {
    PolicySettings none = PolicySettings.none(Restraint.MANAGED);
    try {
      return new PolicySettings(
          limit("--limit", limit),
          SAMPLES_OVER,
          limit("--hard-limit", hardLimit),
          budget == null ? OptionalLong.empty() : OptionalLong.of(budgetBytes(budget)),
          maxRequests == null ? OptionalLong.empty() : OptionalLong.of(maxRequests),
          millis(maxAge),
          millis(idleRetire),
          none.jitterShare(),
          none.restraint());
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(String.valueOf(e.getMessage()));
    }
  }

  Duration every() {
    if (every.compareTo(Duration.ofMillis(50)) < 0) {
      throw new TypeConversionException("--every has to be at least 50ms");
    }
    return every;
  }

  private static Optional<Limit> limit(String option, @Nullable ByteSize size) {
    if (size == null) {
      return Optional.empty();
    }
    if (size.bytes() == 0) {
      throw new TypeConversionException(option + " 0 would replace every worker for ever");
    }
    return Optional.of(new Limit(Measure.PRIVATE, size.bytes()));
  }

  /** A share is of what is allowed when kidreaper starts. */
  static long budgetBytes(String text) {
    try {
      return switch (Budget.parse(text)) {
        case Budget.Absolute(ByteSize size) -> size.bytes();
        case Budget.Share share -> share.of(memoryFor(text));
      };
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException("--budget: " + e.getMessage());
    }
  }

  private static long memoryFor(String text) {
    return switch (MemoryRoom.ofSelf().total()) {
      case Amount.Known(long bytes) -> bytes;
      case Amount.Unknown(String reason) ->
          throw new TypeConversionException(
              "--budget " + text + ": how much memory there is cannot be read: " + reason);
    };
  }

  private static OptionalLong millis(@Nullable Duration time) {
    return time == null ? OptionalLong.empty() : OptionalLong.of(time.toMillis());
  }
}
