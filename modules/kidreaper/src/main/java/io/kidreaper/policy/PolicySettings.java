package io.kidreaper.policy;

import io.kidreaper.memory.Limit;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a pool and its workers may come to. What is empty is not limited.
 *
 * @param limit of a worker; it is retired once {@code samplesOver} readings in a row are at or
 *     above it
 * @param samplesOver at least 1
 * @param hardLimit of a worker: the last resort
 * @param budgetBytes Σ PSS + SwapPss of all workers may be so much and no more
 * @param maxRequests of a worker
 * @param maxAgeMillis of a worker
 * @param idleRetireMillis after so long without a request, a worker that has grown is replaced
 * @param jitterShare of the maxima, from 0 to 0.5: by up to so much each worker goes earlier
 */
public record PolicySettings(
    Optional<Limit> limit,
    int samplesOver,
    Optional<Limit> hardLimit,
    OptionalLong budgetBytes,
    OptionalLong maxRequests,
    OptionalLong maxAgeMillis,
    OptionalLong idleRetireMillis,
    double jitterShare,
    Restraint restraint) {
  public static final int DEFAULT_SAMPLES_OVER = 2;
  public static final double DEFAULT_JITTER_SHARE = 0.1;

  public PolicySettings {
    if (samplesOver < 1) {
      throw new IllegalArgumentException("fewer than one reading over the limit: " + samplesOver);
    }
    if (!(jitterShare >= 0 && jitterShare <= 0.5)) {
      throw new IllegalArgumentException("jitter is a share from 0 to 0.5: " + jitterShare);
    }
    atLeastOne("budget", budgetBytes);
    atLeastOne("maximum of requests", maxRequests);
    atLeastOne("maximal age", maxAgeMillis);
    atLeastOne("idle time", idleRetireMillis);
    if (limit.isPresent()
        && hardLimit.isPresent()
        && limit.get().measure() == hardLimit.get().measure()
        && hardLimit.get().bytes() <= limit.get().bytes()) {
      throw new IllegalArgumentException(
          "the hard %s is not above the %s".formatted(hardLimit.get(), limit.get()));
    }
  }

  /** No limit of any kind. */
  public static PolicySettings none(Restraint restraint) {
    return new PolicySettings(
        Optional.empty(),
        DEFAULT_SAMPLES_OVER,
        Optional.empty(),
        OptionalLong.empty(),
        OptionalLong.empty(),
        OptionalLong.empty(),
        OptionalLong.empty(),
        DEFAULT_JITTER_SHARE,
        restraint);
  }

  /**
   * The same with another limit, as a person may set while the pool runs.
   *
   * @throws IllegalArgumentException if the hard limit is not above it
   */
  public PolicySettings withLimit(Optional<Limit> other) {
    return new PolicySettings(
        other,
        samplesOver,
        hardLimit,
        budgetBytes,
        maxRequests,
        maxAgeMillis,
        idleRetireMillis,
        jitterShare,
        restraint);
  }

  private static void atLeastOne(String what, OptionalLong value) {
    if (value.isPresent() && value.getAsLong() < 1) {
      throw new IllegalArgumentException("a %s of %d".formatted(what, value.getAsLong()));
    }
  }
}
