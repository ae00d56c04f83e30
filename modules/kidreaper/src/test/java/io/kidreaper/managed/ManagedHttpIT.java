package io.kidreaper.managed;

import static io.kidreaper.managed.Until.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.testbed.RunningServer;
import io.kidreaper.testbed.Site;
import io.kidreaper.testbed.load.Load;
import io.kidreaper.testbed.load.LoadReport;
import io.kidreaper.testbed.load.Mix;
import io.kidreaper.testbed.load.Route;
import io.kidreaper.testbed.load.RunningLoad;
import io.kidreaper.testbed.server.Managed;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code kidreaper run --http}: what a browser gets straight from the pool. */
@Timeout(180)
class ManagedHttpIT {
  private static final Pattern SERVING =
      Pattern.compile("serving http://127\\.0\\.0\\.1:([0-9]+)/");
  private static final String[] HTTP = {
    "--http", "127.0.0.1:0", "--limit", "40M", "--on-death", "stop"
  };

  @Test
  void perlIsReplacedUnderLoadAndNothingIsLost() throws Exception {
    try (Site site = Site.open("http")) {
      site.dir().write("files/plain.txt", "a file\n");
      RunningServer pool =
          site.start(
              Managed.bareFcgi().with(HTTP).with("--static", site.dir().path("files").toString()),
              2);
      int port = port(site, pool);
      isReplacedUnderLoad(site, pool, port);

      assertThat(get(port, "GET", "/plain.txt").body()).isEqualTo("a file\n");
      HttpResponse<String> head = get(port, "HEAD", "/hello");
      assertThat(head.statusCode()).isEqualTo(200);
      assertThat(head.body()).isEmpty();
      assertThat(get(port, "GET", "/no-such-route").statusCode()).isEqualTo(404);
    }
  }

  @Test
  void phpIsReplacedUnderLoadAndNothingIsLost() throws Exception {
    try (Site site = Site.open("http")) {
      String script = site.dir().resource("php/index.php").toString();
      RunningServer pool = site.start(Managed.phpCgi().with(HTTP).with("--script", script), 2);
      isReplacedUnderLoad(site, pool, port(site, pool));
    }
  }

  private static void isReplacedUnderLoad(Site site, RunningServer pool, int port) {
    List<Integer> first = pool.workerPids();
    Mix mix =
        Mix.empty()
            .and(3, _ -> new Route.Hello())
            .and(2, random -> new Route.Echo(random.nextInt(1, 65_536), random.nextInt()))
            .and(2, random -> new Route.Sum(random.nextInt(0, 65_536), random.nextInt()))
            .and(1, _ -> new Route.Stream(5, 10))
            .and(2, _ -> new Route.Leak(2_048));
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    try (RunningLoad load = Load.on(address).of(mix).connections(2).start()) {
      until(site, () -> pool.workerPids().stream().noneMatch(first::contains));
      LoadReport report = load.stop();
      assertThat(report.lost()).as(report + "\n" + site.logs()).isZero();
    }
  }

  private static int port(Site site, RunningServer pool) {
    until(site, () -> SERVING.matcher(pool.wholeLog()).find());
    Matcher serving = SERVING.matcher(pool.wholeLog());
    assertThat(serving.find()).isTrue();
    return Integer.parseInt(serving.group(1));
  }

  private static HttpResponse<String> get(int port, String method, String path) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
              .method(method, BodyPublishers.noBody())
              .build(),
          BodyHandlers.ofString());
    }
  }
}
