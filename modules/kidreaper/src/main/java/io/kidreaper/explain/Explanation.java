package io.kidreaper.explain;

import io.kidreaper.memory.Composition;
import io.kidreaper.pool.ProcessId;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * All that is said of one worker, for whichever form it is told in.
 *
 * @param program its command line
 * @param server its server, where it is known
 * @param now its last full reading
 * @param readingNanos how long that took, which is how long its own calls that map memory may have
 *     waited
 * @param since what it grew by since a running kidreaper first looked at it, where one did
 * @param series the readings between, empty where it was read once
 * @param limitBytes what it is held against, where that was said
 * @param counting why requests were not counted, where they were not
 */
public record Explanation(
    ProcessId worker,
    String program,
    String server,
    Platform platform,
    Composition now,
    long readingNanos,
    Optional<Growth> growth,
    Optional<Since> since,
    List<Point> series,
    Optional<Trend> trend,
    OptionalLong limitBytes,
    Optional<String> counting,
    Optional<Following> following,
    Optional<PoolCost> pool,
    Optional<SuggestedLimit> suggestion,
    List<Advice> advice) {

  public Explanation {
    series = List.copyOf(series);
    advice = List.copyOf(advice);
  }

  /** When it meets the limit; empty where none was given or nothing was watched. */
  public Optional<Forecast> forecast() {
    return trend.isPresent() && limitBytes.isPresent()
        ? Optional.of(Forecast.of(trend.get(), now.total().privateBytes(), limitBytes.getAsLong()))
        : Optional.empty();
  }
}
