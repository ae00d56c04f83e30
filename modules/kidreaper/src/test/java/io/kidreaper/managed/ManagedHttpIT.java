package io.kidreaper.managed;

import static io.kidreaper.managed.Until.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.command.Kidreaper;
import io.kidreaper.testbed.Command;
import io.kidreaper.testbed.RunningServer;
import io.kidreaper.testbed.Session;
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
import java.nio.file.Path;
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

  /** What a program is told of its request, and what a browser is told of a program that dies. */
  @Test
  void everyParameterArrivesAndADeathIsExplained() throws Exception {
    try (Site site = Site.open("http")) {
      String program =
          """
          use FCGI;
          my %env;
          my $request = FCGI::Request(\\*STDIN, \\*STDOUT, \\*STDERR, \\%env);
          while ($request->Accept() >= 0) {
              if ($env{PATH_INFO} eq '/die') { print STDERR "about to die\\n"; exit 3 }
              read STDIN, my $body, $env{CONTENT_LENGTH} || 0;
              print "Content-Type: text/plain\\r\\nStatus: 203\\r\\n\\r\\n";
              print "$_=$env{$_}\\n" for sort keys %env;
              print "body=$body\\n";
          }
          """;
      Path script = site.dir().write("parameters.pl", program);
      Session pool =
          site.run(
              "http",
              Command.of(
                  Kidreaper.ROOT.resolve("kidreaper"),
                  "run",
                  "--http",
                  "127.0.0.1:0",
                  "--state",
                  site.dir().directory("state"),
                  "--workers",
                  "2",
                  "--on-death",
                  "stop",
                  "--",
                  "perl",
                  script));
      until(site, () -> SERVING.matcher(pool.wholeLog()).find());
      Matcher serving = SERVING.matcher(pool.wholeLog());
      assertThat(serving.find()).isTrue();
      String at = "http://127.0.0.1:" + serving.group(1);
      try (HttpClient client = HttpClient.newHttpClient()) {
        HttpResponse<String> answer =
            client.send(
                HttpRequest.newBuilder(URI.create(at + "/a%20b/c?x=1&y=%20"))
                    .header("X-Asked-By", "a test")
                    .header("Content-Type", "text/x-test")
                    .POST(BodyPublishers.ofString("four"))
                    .build(),
                BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(203);
        assertThat(answer.body().lines())
            .contains(
                "CONTENT_LENGTH=4",
                "CONTENT_TYPE=text/x-test",
                "GATEWAY_INTERFACE=CGI/1.1",
                "HTTP_X_ASKED_BY=a test",
                "PATH_INFO=/a b/c",
                "QUERY_STRING=x=1&y=%20",
                "REMOTE_ADDR=127.0.0.1",
                "REQUEST_METHOD=POST",
                "REQUEST_URI=/a%20b/c?x=1&y=%20",
                "SCRIPT_NAME=",
                "SERVER_PORT=" + serving.group(1),
                "SERVER_PROTOCOL=HTTP/1.1",
                "body=four");
        HttpResponse<String> page =
            client.send(
                HttpRequest.newBuilder(URI.create(at + "/die")).build(), BodyHandlers.ofString());
        assertThat(page.statusCode()).isEqualTo(502);
        assertThat(page.body()).contains("Bad Gateway", "about to die");
      }
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
