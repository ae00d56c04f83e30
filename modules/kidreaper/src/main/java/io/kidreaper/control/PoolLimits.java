package io.kidreaper.control;

import java.util.OptionalLong;

/**
 * The limits in force; one that was not set is empty.
 *
 * @param limitBytes what one worker may cost
 * @param budgetBytes what the whole pool may cost
 * @param hardLimitBytes at which a worker is killed in the end
 * @param maxRequests after which a worker is replaced
 * @param maxAgeMillis after which a worker is replaced
 * @param idleRetireMillis of idleness after which a worker is replaced
 */
public record PoolLimits(
    OptionalLong limitBytes,
    OptionalLong budgetBytes,
    OptionalLong hardLimitBytes,
    OptionalLong maxRequests,
    OptionalLong maxAgeMillis,
    OptionalLong idleRetireMillis) {
  public static final PoolLimits NONE =
      new PoolLimits(
          OptionalLong.empty(),
          OptionalLong.empty(),
          OptionalLong.empty(),
          OptionalLong.empty(),
          OptionalLong.empty(),
          OptionalLong.empty());
}
