package io.kidreaper.gateway;

import io.kidreaper.fastcgi.Dialer;
import java.net.SocketAddress;

/** Where the workers of a pool take their connections. */
public sealed interface Upstream {
  /** A TCP address or the path of a unix socket. */
  record At(SocketAddress address) implements Upstream {
    @Override
    public String toString() {
      return address.toString();
    }
  }

  /**
   * Whatever else can be connected to, such as a name in the abstract space.
   *
   * @param name how to call it in messages
   */
  record Dialed(String name, Dialer dialer) implements Upstream {
    @Override
    public String toString() {
      return name;
    }
  }
}
