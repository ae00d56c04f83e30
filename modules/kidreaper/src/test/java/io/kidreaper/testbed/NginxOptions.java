package io.kidreaper.testbed;

/**
 * How nginx is set up in front of a pool.
 *
 * @param workers nginx's own worker processes
 * @param upstreamKeepAlive how many idle connections to the pool each of them keeps open; 0 opens
 *     one for every request
 */
public record NginxOptions(int workers, int upstreamKeepAlive) {
  /** One worker, a new connection to the pool for every request. */
  public static NginxOptions usual() {
    return new NginxOptions(1, 0);
  }

  /** The same with idle connections to the pool kept open. */
  public NginxOptions keepingAlive(int connections) {
    return new NginxOptions(workers, connections);
  }
}
