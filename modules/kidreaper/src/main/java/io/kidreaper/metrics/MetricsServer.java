package io.kidreaper.metrics;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Serves figures at {@code /metrics} over HTTP. One request at a time: who reads slowly keeps other
 * readers waiting, and nobody else.
 */
public final class MetricsServer implements AutoCloseable {
  private static final int WAITING = 16;

  /** What came of opening it. */
  public sealed interface Opened {
    record Open(MetricsServer server) implements Opened {}

    record Refused(String reason) implements Opened {}
  }

  private final HttpServer server;
  private final ExecutorService thread;
  private final String host;

  private MetricsServer(HttpServer server, ExecutorService thread, String host) {
    this.server = server;
    this.thread = thread;
    this.host = host;
  }

  /**
   * Listens.
   *
   * @param port 0 for any that is free
   * @param families asked at each request
   */
  public static Opened open(String host, int port, Supplier<Stream<Family>> families) {
    try {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getByName(host), port), WAITING);
      ExecutorService thread =
          Executors.newSingleThreadExecutor(
              work -> Thread.ofPlatform().name("kidreaper-metrics").daemon().unstarted(work));
      server.setExecutor(thread);
      server.createContext("/metrics", exchange -> answer(exchange, families));
      server.start();
      return new Opened.Open(new MetricsServer(server, thread, host));
    } catch (IOException e) {
      return new Opened.Refused(
          "cannot serve metrics at %s port %d: %s".formatted(host, port, e.getMessage()));
    }
  }

  /** Where it is. */
  public String url() {
    return "http://%s:%d/metrics"
        .formatted(host.contains(":") ? "[" + host + "]" : host, server.getAddress().getPort());
  }

  private static void answer(HttpExchange exchange, Supplier<Stream<Family>> families)
      throws IOException {
    try (exchange) {
      if (!exchange.getRequestURI().getPath().equals("/metrics")) {
        exchange.sendResponseHeaders(404, -1);
        return;
      }
      if (!List.of("GET", "HEAD").contains(exchange.getRequestMethod())) {
        exchange.sendResponseHeaders(405, -1);
        return;
      }
      String accept =
          Objects.requireNonNullElse(exchange.getRequestHeaders().getFirst("Accept"), "");
      Exposition exposition = Exposition.wanted(accept);
      exchange.getResponseHeaders().set("Content-Type", exposition.contentType());
      if (exchange.getRequestMethod().equals("HEAD")) {
        exchange.sendResponseHeaders(200, -1);
        return;
      }
      // Bit by bit: of hundreds of pools it is megabytes, which a small heap does not give back
      // soon.
      exchange.sendResponseHeaders(200, 0);
      try (Writer body =
          new BufferedWriter(
              new OutputStreamWriter(exchange.getResponseBody(), StandardCharsets.UTF_8))) {
        exposition.write(families.get(), body);
      }
    }
  }

  @Override
  public void close() {
    server.stop(0);
    thread.shutdownNow();
  }
}
