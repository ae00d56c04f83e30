package io.kidreaper.testbed.load;

import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * What to ask of a web server, how, and how long. Without more said: {@link Mix#usual()} on eight
 * connections, one request after another on each, within {@link Limits#usual()}.
 *
 * @param pace the time from the start of one request to the start of the next on one connection;
 *     zero sends each as soon as the one before is answered, which keeps all workers busy when
 *     there are more connections than workers
 * @param seed what the requests are drawn from, the same again for the same seed
 */
public record Load(
    InetSocketAddress address, Mix mix, int connections, Duration pace, Limits limits, long seed) {

  /** A load on the web server at this address. */
  public static Load on(InetSocketAddress address) {
    return new Load(address, Mix.usual(), 8, Duration.ZERO, Limits.usual(), 20_250_101L);
  }

  /** The same, made of other requests. */
  public Load of(Mix requests) {
    return new Load(address, requests, connections, pace, limits, seed);
  }

  /** The same on so many connections. */
  public Load connections(int number) {
    return new Load(address, mix, number, pace, limits, seed);
  }

  /** A trickle: each connection begins a request only so often, so most workers are idle. */
  public Load every(Duration interval) {
    return new Load(address, mix, connections, interval, limits, seed);
  }

  /** The same with other limits. */
  public Load within(Limits bounds) {
    return new Load(address, mix, connections, pace, bounds, seed);
  }

  /** The same drawn from another seed. */
  public Load seed(long number) {
    return new Load(address, mix, connections, pace, limits, number);
  }

  /** Starts it; it stops when told, or at its limits. */
  public RunningLoad start() {
    return RunningLoad.start(this);
  }

  /** Runs it to its limits. */
  public LoadReport run() {
    return start().await();
  }

  /** Asks once. */
  public LoadReport once(Route route) {
    return of(Mix.only(route)).connections(1).within(limits.requests(1)).run();
  }
}
