package io.kidreaper.linux.trace;

import java.time.Duration;

/**
 * How the tracer goes about it.
 *
 * @param look how long a busy worker is only looked at, in the hope of finding it idle, before it
 *     is traced to the end of its request
 * @param gather how long a worker may take to stop when asked to before its state is looked at
 * @param park how long threads of a worker may be kept from accepting while others finish, and how
 *     long they run freely before the next attempt
 */
public record Settings(Duration look, Duration gather, Duration park) {
  /** What is good for prefork workers. */
  public static final Settings DEFAULT =
      new Settings(Duration.ofMillis(20), Duration.ofMillis(200), Duration.ofSeconds(1));
}
