package io.kidreaper.fastcgi;

import java.net.SocketAddress;

/** Where a client's connections come from. */
sealed interface Target {
  record At(SocketAddress address) implements Target {}

  record Dialed(Dialer dialer) implements Target {}
}
