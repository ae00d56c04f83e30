package io.kidreaper.gateway;

import io.kidreaper.fastcgi.Cancellation;
import io.kidreaper.fastcgi.FastCgiCall;
import io.kidreaper.fastcgi.FastCgiClient;
import io.kidreaper.fastcgi.FastCgiClientBuilder;
import io.kidreaper.fastcgi.FastCgiReply;
import java.io.IOException;
import java.net.ConnectException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The addresses of a pool, each with its client. Every request has a connection of its own, as a
 * prefork worker serves nobody else while one is kept. A request goes to another address only if
 * nobody took it at the first: once it is sent it is never sent again, so that what is lost is
 * seen.
 */
final class Upstreams implements AutoCloseable {
  private final List<Upstream> addresses;
  private final List<FastCgiClient> clients;
  private final AtomicInteger turn = new AtomicInteger();

  Upstreams(List<Upstream> addresses, GatewayLimits limits) {
    this.addresses = addresses;
    this.clients = addresses.stream().map(address -> client(address, limits)).toList();
  }

  private static FastCgiClient client(Upstream upstream, GatewayLimits limits) {
    FastCgiClientBuilder builder =
        switch (upstream) {
          case Upstream.At at -> FastCgiClient.builder(at.address());
          case Upstream.Dialed dialed -> FastCgiClient.builder(dialed.dialer());
        };
    return builder
        .maxConnections(limits.requests())
        .connectMillis(limits.connectMillis())
        .readMillis(limits.readMillis())
        .writeMillis(limits.writeMillis())
        .build();
  }

  /** Sends a request and waits for the first sign of an answer, as {@link FastCgiClient#send}. */
  FastCgiReply send(FastCgiCall call, Cancellation cancellation) throws IOException {
    int first = Math.floorMod(turn.getAndIncrement(), clients.size());
    for (int i = 0; ; i++) {
      try {
        return clients.get((first + i) % clients.size()).send(call, cancellation);
      } catch (ConnectException nobody) {
        if (i == clients.size() - 1) {
          throw nobody;
        }
      }
    }
  }

  /** The addresses, for messages. */
  @Override
  public String toString() {
    return String.join(", ", addresses.stream().map(Upstream::toString).toList());
  }

  @Override
  public void close() {
    clients.forEach(FastCgiClient::close);
  }
}
