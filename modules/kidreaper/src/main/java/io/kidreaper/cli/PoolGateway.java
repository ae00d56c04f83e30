package io.kidreaper.cli;

import io.kidreaper.gateway.Gateway;
import io.kidreaper.gateway.GatewayLimits;
import io.kidreaper.gateway.GatewaySettings;
import io.kidreaper.gateway.Opened;
import io.kidreaper.gateway.Upstream;
import io.kidreaper.linux.socket.ListenAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Puts the development gateway before a managed pool. */
final class PoolGateway {
  private PoolGateway() {}

  /**
   * @param addresses of the pool; those that the gateway cannot connect to by themselves are left
   *     out
   */
  static Opened open(HttpFlags.Http http, List<ListenAddress> addresses, Consumer<String> log) {
    List<Upstream> upstreams =
        addresses.stream().flatMap(address -> upstream(address).stream()).toList();
    if (upstreams.isEmpty()) {
      return new Opened.Refused(
          "--http needs the pool to listen on TCP or on a unix socket's file, and it listens on "
              + addresses);
    }
    return Gateway.start(
        new GatewaySettings(
            http.address(),
            upstreams,
            http.staticDirectory(),
            http.staticDirectory().orElse(Path.of("").toAbsolutePath()),
            http.script(),
            "kidreaper",
            GatewayLimits.DEFAULT),
        log);
  }

  private static Optional<Upstream> upstream(ListenAddress address) {
    return switch (address) {
      case ListenAddress.Tcp(String host, int port) ->
          Optional.of(new Upstream.At(new InetSocketAddress(host, port)));
      case ListenAddress.UnixPath(String path) ->
          Optional.of(new Upstream.At(UnixDomainSocketAddress.of(path)));
      case ListenAddress.UnixAbstract _, ListenAddress.Inherited _ -> Optional.empty();
    };
  }
}
