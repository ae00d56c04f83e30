package io.kidreaper.retire;

import io.kidreaper.memory.Limit;
import java.time.Duration;

/**
 * What one sweep is asked to do.
 *
 * @param manner how each worker over the limit is asked to go
 * @param pause the least time between two signals
 * @param dryRun only look
 */
public record SweepPlan(Limit limit, Manner manner, Duration pause, boolean dryRun) {}
