package io.kidreaper.show;

import io.kidreaper.memory.ByteSize;
import java.time.Duration;

/**
 * What came of it.
 *
 * @param left workers that went because they had reached the limit
 * @param peakBytes of the largest worker that was seen
 * @param overtime how long a worker may go on growing at the limit
 * @param overtimeBytes what the fastest-growing one grew by in such a time
 * @param cut whether the load was ended before its time
 */
public record ShowResult(
    Way way,
    double seconds,
    long answered,
    long lost,
    String firstLoss,
    double p50Millis,
    double p99Millis,
    long left,
    ByteSize limit,
    long peakBytes,
    Duration overtime,
    long overtimeBytes,
    boolean cut) {
  /** Whether no request was lost. */
  public boolean lostNothing() {
    return lost == 0;
  }

  /** Whether no worker was seen larger than the limit and what it grew by in the meantime. */
  public boolean keptLimit() {
    return peakBytes <= limit.bytes() + overtimeBytes;
  }
}
