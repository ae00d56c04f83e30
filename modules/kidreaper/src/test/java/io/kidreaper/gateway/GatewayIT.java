package io.kidreaper.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kidreaper.linux.socket.AbstractConnection;
import io.kidreaper.testbed.Command;
import io.kidreaper.testbed.Listen;
import io.kidreaper.testbed.RunningServer;
import io.kidreaper.testbed.Server;
import io.kidreaper.testbed.Session;
import io.kidreaper.testbed.Site;
import io.kidreaper.testbed.load.Route;
import io.kidreaper.testbed.server.BareFcgi;
import io.kidreaper.testbed.server.LibFcgi;
import io.kidreaper.testbed.server.PhpCgi;
import io.kidreaper.testbed.server.PhpFpm;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The gateway before real applications: php-fpm, php-cgi, FCGI.pm and a libfcgi program in C. */
@Timeout(180)
class GatewayIT {
  private static final int AT_ONCE = 16;

  static Stream<Server> servers() {
    return Stream.of(new PhpFpm(), new PhpCgi(), new BareFcgi(), new LibFcgi());
  }

  @ParameterizedTest
  @MethodSource("servers")
  void everyAnswerIsWhole(Server server) throws Exception {
    try (Site site = Site.open("gateway")) {
      RunningServer pool = site.start(server, 2);
      try (Bench bench = Bench.before(upstream(pool), script(pool))) {
        List<Route> routes =
            List.of(
                new Route.Hello(),
                new Route.Echo(1 << 20, 7),
                new Route.Stream(5, 10),
                new Route.Sum(100_000, 3),
                new Route.Sum(0, 1));
        for (Route route : routes) {
          assertThat(bench.client().send(request(bench, route), BodyHandlers.ofByteArray()))
              .satisfies(answer -> {
                assertThat(answer.statusCode()).isEqualTo(200);
                assertThat(answer.body()).isEqualTo(route.answer().orElseThrow());
              });
        }
        manyAtOnce(bench);
        theWorkerDiesInMidAnswer(bench, pool);
      }
    }
  }

  private static void manyAtOnce(Bench bench) throws Exception {
    for (int round = 0; round < 10; round++) {
      List<CompletableFuture<HttpResponse<byte[]>>> answers = new ArrayList<>();
      List<Route> routes = new ArrayList<>();
      for (int i = 0; i < AT_ONCE; i++) {
        Route route = i % 2 == 0 ? new Route.Echo(10_000 + i, round) : new Route.Sum(20_000 + i, i);
        routes.add(route);
        answers.add(bench.client().sendAsync(request(bench, route), BodyHandlers.ofByteArray()));
      }
      for (int i = 0; i < AT_ONCE; i++) {
        assertThat(answers.get(i).get().body()).isEqualTo(routes.get(i).answer().orElseThrow());
      }
    }
  }

  private static void theWorkerDiesInMidAnswer(Bench bench, RunningServer pool) throws Exception {
    HttpResponse<InputStream> answer =
        bench
            .client()
            .send(request(bench, new Route.Stream(500, 10)), BodyHandlers.ofInputStream());
    try (InputStream body = answer.body()) {
      assertThat(body.readNBytes(13)).asString(UTF_8).isEqualTo("chunk 000000\n");
      // One of them is at it, and which is not to be known from outside.
      for (int pid : pool.workerPids()) {
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
      }
      assertThatThrownBy(body::readAllBytes).isInstanceOf(IOException.class);
    }
  }

  @Test
  void aWorkerThatListensInTheAbstractSpace() throws Exception {
    String name = "kidreaper-gateway-" + ProcessHandle.current().pid() + "-" + System.nanoTime();
    try (Site site = Site.open("abstract")) {
      site.dir().resource("perl/Bed.pm");
      site.dir().resource("perl/BedFcgi.pm");
      Path script = site.dir().resource("perl/bare.pl");
      String listening =
          "use Socket; socket(my $l, AF_UNIX, SOCK_STREAM, 0) or die;"
              + " bind($l, pack_sockaddr_un(\"\\0$ARGV[0]\")) or die; listen($l, 100) or die;"
              + " open(STDIN, '<&', $l) or die; exec 'perl', $ARGV[1]";
      Session worker = site.run("abstract", Command.of("perl", "-e", listening, name, script));
      Awaitility.await()
          .failFast("the worker ended", () -> !worker.isAlive())
          .ignoreExceptions()
          .until(() -> {
            AbstractConnection.open(name, 1_000).close();
            return true;
          });
      Upstream upstream =
          new Upstream.Dialed("unix:@" + name, millis -> AbstractConnection.open(name, millis));
      try (Bench bench = Bench.before(upstream, UnaryOperator.identity())) {
        manyAtOnce(bench);
      }
    }
  }

  private static HttpRequest request(Bench bench, Route route) {
    HttpRequest.Builder request = HttpRequest.newBuilder(bench.uri(route.target()));
    route.body().ifPresent(body -> request.POST(BodyPublishers.ofByteArray(body)));
    return request.build();
  }

  private static UnaryOperator<GatewaySettings> script(RunningServer pool) {
    // With two workers and sixteen clients, an answer waits for those before it.
    GatewayLimits patient = new GatewayLimits(AT_ONCE, 1 << 20, 60_000, 60_000, 60_000, 2_000);
    return settings -> pool.script().map(settings::withScript).orElse(settings).within(patient);
  }

  private static Upstream upstream(RunningServer pool) {
    return switch (pool.listen()) {
      case Listen.Unix(var path) -> new Upstream.At(UnixDomainSocketAddress.of(path));
      case Listen.Tcp(var host, var port) ->
          new Upstream.At(new InetSocketAddress(InetAddress.ofLiteral(host), port));
    };
  }
}
