package io.kidreaper.gateway;

/**
 * What bounds the gateway. All times in milliseconds; 0 = no limit, except for {@code drainMillis}.
 *
 * @param requests how many requests are handled at once, 1 to 1,024; others wait. Each takes a
 *     thread and up to 100 KiB
 * @param bodyBytes the largest request body; beyond {@value Spool#MEMORY_BYTES} bytes it is held in
 *     a temporary file
 * @param connectMillis for a worker to take the connection, which it does not while all are busy
 *     and the backlog is full
 * @param readMillis for a worker to send nothing
 * @param writeMillis for the HTTP client to take nothing of the answer, or a worker nothing of the
 *     request
 * @param drainMillis for running answers to end when the gateway is closed
 */
public record GatewayLimits(
    int requests,
    long bodyBytes,
    long connectMillis,
    long readMillis,
    long writeMillis,
    long drainMillis) {
  /** 64 requests, bodies of 256 MiB, 10 s to connect, 60 s to read and to write, 10 s to drain. */
  public static final GatewayLimits DEFAULT =
      new GatewayLimits(64, 256L << 20, 10_000, 60_000, 60_000, 10_000);

  public GatewayLimits {
    require("requests", requests, 1, 1_024);
    require("bodyBytes", bodyBytes, 0, Long.MAX_VALUE);
    require("connectMillis", connectMillis, 0, Integer.MAX_VALUE);
    require("readMillis", readMillis, 0, Integer.MAX_VALUE);
    require("writeMillis", writeMillis, 0, Integer.MAX_VALUE);
    require("drainMillis", drainMillis, 0, Integer.MAX_VALUE);
  }

  private static void require(String name, long value, long min, long max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(
          name + " is " + value + ", not within " + min + " to " + max);
    }
  }
}
