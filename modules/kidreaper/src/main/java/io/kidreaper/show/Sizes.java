package io.kidreaper.show;

import io.kidreaper.control.WorkerStatus;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The workers' sizes as they were read, look after look: the largest, and the fastest growth. */
final class Sizes {
  /** Readings nearer to each other would make a rate of next to nothing. */
  private static final long LEAST_MILLIS = 1_000;

  private static final long LOADED_MILLIS = 2_000;

  private record Reading(long bytes, long atMillis) {}

  private final Map<Long, Reading> last = new HashMap<>();
  private long peakBytes;
  private double fastestBytesPerMilli;

  /**
   * @param nowMillis of a clock that never goes back
   */
  void see(List<WorkerStatus> workers, long nowMillis) {
    for (WorkerStatus worker : workers) {
      if (worker.privateBytes().isEmpty()) {
        continue;
      }
      long bytes = worker.privateBytes().getAsLong();
      peakBytes = Math.max(peakBytes, bytes);
      if (worker.ageMillis().orElse(0) < LOADED_MILLIS) {
        continue; // its program is being loaded, which is no growth
      }
      Reading before = last.get(worker.serial());
      if (before == null) {
        last.put(worker.serial(), new Reading(bytes, nowMillis));
      } else if (bytes != before.bytes() && nowMillis - before.atMillis() >= LEAST_MILLIS) {
        fastestBytesPerMilli =
            Math.max(
                fastestBytesPerMilli,
                (double) (bytes - before.bytes()) / (nowMillis - before.atMillis()));
        last.put(worker.serial(), new Reading(bytes, nowMillis));
      }
    }
  }

  long peakBytes() {
    return peakBytes;
  }

  /** What the fastest-growing worker grew by in so long. */
  long growthIn(long millis) {
    return (long) (fastestBytesPerMilli * millis);
  }
}
