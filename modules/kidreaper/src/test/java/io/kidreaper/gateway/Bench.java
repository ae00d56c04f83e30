package io.kidreaper.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.kidreaper.fastcgi.FastCgiHandler;
import io.kidreaper.fastcgi.FastCgiServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

/** A gateway before an application, and clients for it; closed with all that it opened. */
final class Bench implements AutoCloseable {
  private final Deque<Closing> open = new ArrayDeque<>();
  private final HttpClient client = HttpClient.newHttpClient();
  private final Gateway gateway;

  /** What the gateway told its log. */
  final List<String> log = new CopyOnWriteArrayList<>();

  private Bench(GatewaySettings settings) {
    open.push(client::close);
    gateway =
        switch (Gateway.start(settings, log::add)) {
          case Opened.Open(Gateway started) -> started;
          case Opened.Refused(String reason) -> throw new IllegalStateException(reason);
        };
    open.push(gateway::close);
  }

  /** Before an application that is a handler of the library's own server. */
  static Bench before(FastCgiHandler handler, UnaryOperator<GatewaySettings> settings)
      throws IOException {
    FastCgiServer server =
        FastCgiServer.builder()
            .listenTcp(loopback())
            .responder(handler)
            .onError((what, error) -> {})
            .start();
    Bench bench = before(new Upstream.At(server.address()), settings);
    bench.open.addLast(server::close);
    return bench;
  }

  static Bench before(FastCgiHandler handler) throws IOException {
    return before(handler, UnaryOperator.identity());
  }

  static Bench before(Upstream upstream, UnaryOperator<GatewaySettings> settings) {
    return new Bench(
        settings.apply(
            GatewaySettings.of(new HttpAddress(HttpAddress.LOOPBACK, 0), upstream)
                .within(new GatewayLimits(16, 1 << 20, 2_000, 2_000, 2_000, 2_000))));
  }

  /** A text as the characters that stand for its bytes in UTF-8: as headers travel. */
  static String latin(String text) {
    return new String(text.getBytes(UTF_8), ISO_8859_1);
  }

  static InetSocketAddress loopback() {
    return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
  }

  Gateway gateway() {
    return gateway;
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + gateway.address().getPort() + path);
  }

  HttpResponse<String> get(String path, String... headers) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri(path));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return send(request.build());
  }

  HttpResponse<String> send(HttpRequest request) throws Exception {
    return client.send(request, BodyHandlers.ofString());
  }

  HttpClient client() {
    return client;
  }

  /** A connection on which the test says what it likes. */
  Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), gateway.address().getPort());
    socket.setSoTimeout(20_000);
    open.push(() -> quietly(socket));
    return socket;
  }

  /** Sends text as it is, and reads all until the gateway ends the connection. */
  String raw(String request) throws IOException {
    try (Socket socket = connect()) {
      OutputStream out = socket.getOutputStream();
      out.write(request.getBytes(ISO_8859_1));
      out.flush();
      InputStream in = socket.getInputStream();
      return new String(in.readAllBytes(), ISO_8859_1);
    }
  }

  @Override
  public void close() {
    while (!open.isEmpty()) {
      open.pop().close();
    }
  }

  private static void quietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException gone) {
      // It was to be closed.
    }
  }

  private interface Closing {
    void close();
  }
}
