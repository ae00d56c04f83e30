package io.kidreaper.testbed;

import java.util.Set;

/**
 * What is known of a kind of server without starting it.
 *
 * @param name short, and fit for a file name
 * @param protocol what it speaks with nginx
 * @param sockets the kinds of socket it can listen on; the first is the one it is usually tested on
 * @param retireSignal what asks ONE worker to go after its request, without {@code SIG}; {@code
 *     KILL} where nothing that a process can ignore makes it go
 * @param preloads whether the application is loaded before the workers are forked, and so serves
 *     /unshare
 */
public record Traits(
    String name,
    Protocol protocol,
    Set<SocketKind> sockets,
    String retireSignal,
    boolean preloads) {

  /** A server whose workers load the application themselves and leave on TERM. */
  public static Traits of(String name, Protocol protocol, Set<SocketKind> sockets) {
    return new Traits(name, protocol, sockets, "TERM", false);
  }

  /** The same, leaving on another signal. */
  public Traits retiredBy(String signal) {
    return new Traits(name, protocol, sockets, signal, preloads);
  }

  /** The same, with the application loaded before the workers are forked. */
  public Traits preloading() {
    return new Traits(name, protocol, sockets, retireSignal, true);
  }

  /** The kind of socket it is usually tested on. */
  public SocketKind usualSocket() {
    return sockets.iterator().next();
  }
}
