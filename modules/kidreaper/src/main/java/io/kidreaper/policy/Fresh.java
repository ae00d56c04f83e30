package io.kidreaper.policy;

import io.kidreaper.memory.Measure;
import io.kidreaper.memory.Sample;
import io.kidreaper.pool.BootWindow;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a worker had in its first seconds, where nobody saw the moment at which it became ready.
 *
 * <p>Under load a worker leaks from its first request on. What it has grown to by its first reading
 * must not be taken for what every worker needs: a limit would be given up that could well be kept,
 * and for good, since whoever is not replaced shows no other figure. So it counts as a boot size
 * only if the next reading, some seconds later, is no larger.
 *
 * @param first reading in the time that counts
 * @param firstAgeMillis of the worker then
 * @param steady whether the second was no larger; empty until there is one
 */
public record Fresh(Sample first, long firstAgeMillis, Optional<Boolean> steady) {
  private static final long STEADY_SHARE = 50;

  static Fresh read(Sample first, long ageMillis) {
    return new Fresh(first, ageMillis, Optional.empty());
  }

  /** With one more reading, of which only the second counts. */
  Fresh next(Sample second, long ageMillis) {
    return steady.isPresent() || !BootWindow.isSecondAt(firstAgeMillis, ageMillis)
        ? this
        : new Fresh(first, firstAgeMillis, Optional.of(isNoLarger(second)));
  }

  private boolean isNoLarger(Sample second) {
    OptionalLong was = size(first);
    OptionalLong is = size(second);
    return was.isPresent()
        && is.isPresent()
        && is.getAsLong() <= was.getAsLong() + was.getAsLong() / STEADY_SHARE;
  }

  private static OptionalLong size(Sample sample) {
    return sample.value(Measure.PRIVATE);
  }

  /** The boot size by a measure, empty while it is not known to be one. */
  OptionalLong boot(Measure measure) {
    return steady.orElse(false) ? first.value(measure) : OptionalLong.empty();
  }
}
