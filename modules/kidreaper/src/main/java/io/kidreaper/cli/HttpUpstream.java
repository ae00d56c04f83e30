package io.kidreaper.cli;

import io.kidreaper.gateway.Upstream;
import io.kidreaper.linux.socket.AbstractConnection;
import io.kidreaper.linux.socket.ListenAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.Optional;

/** How the gateway reaches what a pool listens on. */
final class HttpUpstream {
  private HttpUpstream() {}

  /**
   * @param listening the address of an open listener, with its port and names resolved
   * @return empty for an inherited socket whose own address is not known
   */
  static Optional<Upstream> of(ListenAddress listening) {
    return switch (listening) {
      case ListenAddress.Tcp(String host, int port) ->
          Optional.of(new Upstream.At(new InetSocketAddress(reachable(host), port)));
      case ListenAddress.UnixPath(String path) ->
          Optional.of(new Upstream.At(UnixDomainSocketAddress.of(path)));
      case ListenAddress.UnixAbstract(String name) ->
          Optional.of(
              new Upstream.Dialed(
                  listening.toString(), millis -> AbstractConnection.open(name, millis)));
      case ListenAddress.Inherited inherited -> Optional.empty();
    };
  }

  /** What listens on every address is there on the loopback, too. */
  private static String reachable(String host) {
    return switch (host) {
      case "0.0.0.0" -> "127.0.0.1";
      case "::", "0:0:0:0:0:0:0:0" -> "::1";
      case String other -> other;
    };
  }
}
