package io.kidreaper.retire;

import io.kidreaper.memory.Limit;
import java.time.Duration;

/**
 * What one sweep is asked to do.
 *
 * @param pause the least time between two signals
 * @param grace how long a signalled worker may take to leave, and then its replacement to come
 * @param dryRun only look
 */
public record SweepPlan(
    Limit limit, Signal signal, Duration pause, Duration grace, boolean dryRun) {}
