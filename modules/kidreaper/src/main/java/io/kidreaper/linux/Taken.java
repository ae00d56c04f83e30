package io.kidreaper.linux;

import io.kidreaper.pool.PoolReading;
import java.util.OptionalLong;

/**
 * One reading of a pool, and what it took.
 *
 * @param whole whether everybody was read in detail, as far as it could be
 * @param cpuNanos of this thread, the kernel's part included
 * @param nextMillis from the beginning of this reading to the next
 * @param stretched whether that is longer than planned, to keep within the CPU share
 * @param sinceWholeMillis from the whole reading before this one to this one, if both are
 */
public record Taken(
    PoolReading reading,
    boolean whole,
    long cpuNanos,
    long nextMillis,
    boolean stretched,
    OptionalLong sinceWholeMillis) {}
