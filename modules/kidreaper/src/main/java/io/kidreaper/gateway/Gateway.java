package io.kidreaper.gateway;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.kidreaper.fastcgi.FastCgiCall;
import io.kidreaper.fastcgi.Role;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Serves HTTP straight from a pool of FastCGI workers, for development: no TLS, no cache, and
 * nothing to defend it against the internet.
 *
 * <pre>{@code
 * switch (Gateway.start(GatewaySettings.of(new HttpAddress("127.0.0.1", 8080), upstream), log)) {
 *   case Opened.Open(Gateway gateway) -> …
 *   case Opened.Refused(String reason) -> …
 * }
 * }</pre>
 */
public final class Gateway implements AutoCloseable {
  private static final int BACKLOG = 1_024;

  static {
    // The JDK's server reads these once. Without the first, each answer on a kept connection waits
    // for the client's delayed ACK; the others bound what clients can hold without asking anything.
    setUnlessSet("sun.net.httpserver.nodelay", "true");
    setUnlessSet("jdk.httpserver.maxConnections", "1024");
    setUnlessSet("sun.net.httpserver.maxReqTime", "600");
  }

  private final GatewaySettings settings;
  private final Consumer<String> log;
  private final HttpServer server;
  private final ThreadPoolExecutor threads;
  private final Upstreams upstreams;
  private final ClientWatch clients = ClientWatch.start(Path.of("/proc/net"));
  private final CgiParams params;
  private final Relay relay;
  private final @Nullable StaticFiles files;

  private Gateway(
      GatewaySettings settings,
      Consumer<String> log,
      HttpServer server,
      @Nullable StaticFiles files) {
    this.settings = settings;
    this.log = log;
    this.server = server;
    this.files = files;
    this.upstreams = new Upstreams(settings.upstreams(), settings.limits());
    this.params = new CgiParams(settings.documentRoot(), settings.script(), settings.software());
    this.relay = new Relay(upstreams, settings.limits().bodyBytes(), log);
    // Platform threads: to wait for a worker may be a native call, which would hold a carrier.
    int size = settings.limits().requests();
    this.threads =
        new ThreadPoolExecutor(
            size,
            size,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().daemon().name("gateway-", 0).factory());
    threads.allowCoreThreadTimeOut(true);
  }

  /**
   * Listens, and serves until it is closed.
   *
   * @param log hears, from any thread, a line for what the application wrote to its standard error
   *     and for each request that was not answered by it, with method and path before it
   */
  public static Opened start(GatewaySettings settings, Consumer<String> log) {
    StaticFiles files = null;
    if (settings.staticDirectory().isPresent()) {
      try {
        files = new StaticFiles(settings.staticDirectory().get());
      } catch (IOException none) {
        return new Opened.Refused(
            "no static files: " + settings.staticDirectory().get() + " is not a directory to read");
      }
    }
    HttpAddress listen = settings.listen();
    InetSocketAddress address;
    try {
      address = new InetSocketAddress(InetAddress.getByName(listen.host()), listen.port());
    } catch (UnknownHostException unknown) {
      return new Opened.Refused(
          "cannot serve HTTP on " + listen + ": the host name does not resolve");
    }
    HttpServer server;
    try {
      server = HttpServer.create(address, BACKLOG);
    } catch (IOException refused) {
      return new Opened.Refused(
          "cannot serve HTTP on " + listen + ": " + refused.getMessage() + "; choose another port");
    }
    Gateway gateway = new Gateway(settings, log, server, files);
    server.createContext("/", gateway::handle);
    server.setExecutor(gateway.threads);
    server.start();
    return new Opened.Open(gateway);
  }

  /** Where it listens, with the port that the system chose if none was given. */
  public InetSocketAddress address() {
    return server.getAddress();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (Visit visit = new Visit(exchange, clients, settings.limits().writeMillis())) {
      try {
        visit(visit);
      } catch (RuntimeException | Error ours) {
        log.accept(visit + ": the gateway failed: " + ours);
        throw ours;
      }
    }
  }

  private void visit(Visit visit) throws IOException {
    HttpExchange exchange = visit.exchange();
    Optional<Target> target = Target.of(exchange.getRequestURI().toString());
    if (target.isEmpty()) {
      visit.explain(
          Reason.of(400, "The path has a NUL or a broken escape, or leads out above the root."));
      return;
    }
    if (files != null && files.serve(visit, target.get())) {
      return;
    }
    try (Spool body = new Spool()) {
      if (announced(exchange.getRequestHeaders()) > settings.limits().bodyBytes()
          || !body.fill(visit.body(), settings.limits().bodyBytes())) {
        visit.dropBody();
        visit.explain(
            Reason.of(
                413, "The request has more than " + settings.limits().bodyBytes() + " bytes."));
        return;
      }
      relay.relay(visit, call(visit, target.get(), body));
    }
  }

  private FastCgiCall call(Visit visit, Target target, Spool body) throws IOException {
    HttpExchange exchange = visit.exchange();
    Headers headers = exchange.getRequestHeaders();
    boolean hasBody = headers.containsKey("Content-Length") || body.bytes() > 0;
    InputStream content = hasBody ? body.content() : new ByteArrayInputStream(new byte[0]);
    return new FastCgiCall(
        Role.RESPONDER,
        params.of(
            new CgiParams.Received(
                visit.method(),
                exchange.getProtocol(),
                target,
                headers,
                exchange.getLocalAddress(),
                exchange.getRemoteAddress(),
                hasBody ? Optional.of(body.bytes()) : Optional.empty())),
        content,
        null,
        false);
  }

  /** The length that a request says its body has, or 0; the JDK's server has checked its form. */
  private static long announced(Headers headers) {
    String length = headers.getFirst("Content-Length");
    return length != null && length.matches("[0-9]{1,18}") ? Long.parseLong(length) : 0;
  }

  /**
   * Stops listening, lets running answers end within {@link GatewayLimits#drainMillis}, and cuts
   * the rest.
   */
  @Override
  public void close() {
    server.stop((int) Math.ceilDiv(settings.limits().drainMillis(), 1_000));
    threads.shutdownNow();
    upstreams.close();
    clients.close();
  }

  private static void setUnlessSet(String name, String value) {
    if (System.getProperty(name) == null) {
      System.setProperty(name, value);
    }
  }
}
