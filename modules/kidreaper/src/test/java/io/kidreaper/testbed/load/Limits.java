package io.kidreaper.testbed.load;

import java.time.Duration;

/**
 * Where a load stops by itself.
 *
 * @param requests at most so many in all
 * @param time no request is begun later than this after the start
 * @param patience how long one answer may be silent
 */
public record Limits(int requests, Duration time, Duration patience) {
  /** 200,000 requests, 2 minutes, 30 s of silence. */
  public static Limits usual() {
    return new Limits(200_000, Duration.ofMinutes(2), Duration.ofSeconds(30));
  }

  /** The same, with so many requests in all. */
  public Limits requests(int most) {
    return new Limits(most, time, patience);
  }

  /** The same, within this time. */
  public Limits within(Duration most) {
    return new Limits(requests, most, patience);
  }

  /** The same, with this silence allowed to one answer. */
  public Limits patience(Duration most) {
    return new Limits(requests, time, most);
  }
}
