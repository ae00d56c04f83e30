package io.kidreaper.watching;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.command.Kidreaper;
import io.kidreaper.command.Program;
import io.kidreaper.command.Run;
import io.kidreaper.sweep.Pool;
import io.kidreaper.testbed.Signals;
import io.kidreaper.testbed.Site;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Several pools by a configuration; what is told of them, and what a person can have done. */
class WatchConfigIT {
  private static final String DEFAULTS =
      """
      log = "json"
      [defaults]
      limit = "30M"
      min-age = "2s"
      pause = "0s"
      every = "100ms"
      """;

  /** A changed file holds at HUP, a broken one changes nothing and says why. */
  @Test
  void theConfigurationIsReadAgainAndABrokenOneIsNot() throws IOException {
    try (Site site = Site.open("reload")) {
      Pool one = Pool.start(site, 2);
      Pool two = Pool.start(site, 2, "grow=0:20");
      Path config = Watching.config(site, DEFAULTS, pool("one", one));
      Watching watch = Watching.start(site, "--config", config);
      watch.awaitSaid("found: process " + one.managerPid());

      Watching.write(config, DEFAULTS, pool("one", one), pool("two", two) + "\nlimt = \"9M\"");
      watch.signal("HUP");
      watch.awaitSaid(
          "the old settings stay: "
              + config
              + ":12:1: there is no key 'limt'; did you mean 'limit'");
      assertThat(two.signals()).isEmpty();

      Watching.write(config, DEFAULTS, pool("one", one), pool("two", two) + "\nlimit = \"9M\"");
      assertThat(watch.ctl("reload").out()).contains("2 pools");
      watch.awaitSaid("worker " + two.pid(0) + " left");

      Watching.write(config, DEFAULTS, pool("two", two));
      watch.signal("HUP");
      watch.await(() -> !watch.ctl("status").out().contains("one (watched"));
      assertThat(one.signals()).isEmpty();
      assertThat(watch.log().lines()).allMatch(line -> line.startsWith("{\"time\":"));
    }
  }

  /** What people and programs are told: status, figures, events; and what they can ask for. */
  @Test
  void tellsAndObeys() throws IOException, InterruptedException {
    try (Site site = Site.open("told")) {
      Pool pool = Pool.start(site, 3, "grow=0:60");
      Path events = site.dir().path("events");
      Path config =
          Watching.config(
              site,
              "metrics = \"0\"",
              DEFAULTS,
              pool("shop", pool),
              "on-event = \"cat >> %s; echo >> %s\"".formatted(events, events));
      Watching watch = Watching.start(site, "--config", config);
      watch.awaitSaid("\"event\":\"retired\",\"pid\":" + pool.pid(0));

      String url =
          "http://127.0.0.1:" + watch.number("http://127.0.0.1:([0-9]+)/metrics") + "/metrics";
      String text = get(url, "text/plain");
      assertThat(Figures.faults(text, false)).isEmpty();
      assertThat(promtool(text, site.dir().path("figures"))).isEqualTo("0: ");
      assertThat(promtool(text.replace("_total", "_sum"), site.dir().path("wrong")))
          .startsWith("3: ")
          .contains("kidreaper_retirements_sum");
      assertThat(text)
          .contains("kidreaper_pool_workers{pool=\"shop\"} 3")
          .contains("kidreaper_pool_limit_bytes{pool=\"shop\"} 31457280")
          .contains(
              "kidreaper_retirements_total{outcome=\"replaced\",pool=\"shop\",reason=\"limit\"} 1")
          .contains("kidreaper_requests_cut_total{pool=\"shop\"} 0")
          .contains("kidreaper_drain_seconds_count{pool=\"shop\"} 1")
          .doesNotContain("slot=\"3\"", "pid=");
      String open = get(url, "application/openmetrics-text; version=1.0.0");
      assertThat(Figures.faults(open, true)).isEmpty();
      assertThat(open).contains("# TYPE kidreaper_retirements counter").endsWith("# EOF\n");

      watch.await(() -> Files.exists(events) && Files.readString(events).contains("\"retired\""));
      assertThat(Files.readString(events)).contains("\"pool\":\"shop\"", "\"pid\":" + pool.pid(0));

      assertThat(watch.ctl("pause", "shop").out()).contains("paused shop");
      assertThat(watch.ctl("limit", "1K", "shop").status()).isZero();
      int before = pool.signals().size();
      assertThat(watch.ctl("status", "--json").out())
          .contains("\"state\":\"paused\"", "\"limitBytes\":1024", "\"where\":\"pidfile ");
      int worker = pool.pid(1);
      Run retired = watch.ctl("retire", worker);
      assertThat(retired.status()).as(retired.toString()).isZero();
      watch.awaitSaid("worker " + worker + " left");
      assertThat(pool.signals()).as("a pause is for the policy alone").hasSize(before + 1);
      assertThat(watch.ctl("retire", 1).status()).isEqualTo(1);
      assertThat(watch.ctl("pause", "nobody").err()).contains("there are: shop");
      assertThat(watch.ctl("scale", 3).err()).contains("somebody else's");
      assertThat(watch.ctl("events", "-n", "50").out()).contains("shop worker " + worker + " left");
      assertThat(watch.ctl("stop").status()).isZero();
      watch.await(() -> !watch.isAlive());
    }
  }

  /** How {@code promtool check metrics} ends, and what it says. */
  private static String promtool(String figures, Path file)
      throws IOException, InterruptedException {
    Process promtool =
        new ProcessBuilder("promtool", "check", "metrics")
            .redirectInput(Files.writeString(file, figures).toFile())
            .redirectErrorStream(true)
            .start();
    String said = new String(promtool.getInputStream().readAllBytes(), UTF_8);
    return promtool.waitFor() + ": " + said;
  }

  /** What would be done is said of each worker once, and nobody gets a signal. */
  @Test
  void aDryRunOnlySays() {
    try (Site site = Site.open("dry")) {
      Pool pool = Pool.start(site, 3, "grow=0:60,2:70");
      Path config = Watching.config(site, DEFAULTS, pool("shop", pool), "dry-run = true");
      Watching watch = Watching.start(site, "--config", config);
      watch.awaitSaid("worker " + pool.pid(0) + " would be retired");
      watch.awaitSaid("worker " + pool.pid(2) + " would be retired");
      int answered = watch.said("would be retired");
      assertThat(watch.ctl("status").out()).contains("(dry run)");
      assertThat(answered).isEqualTo(2);
      assertThat(pool.signals()).isEmpty();
    }
  }

  /** A command that hangs, and one that fails, keep nobody waiting. */
  @Test
  void aCommandThatHangsKeepsNobodyWaiting() {
    try (Site site = Site.open("hangs")) {
      Pool pool = Pool.start(site, 3, "grow=0:60,1:60");
      Path config =
          Watching.config(site, DEFAULTS, pool("shop", pool), "on-event = \"exec sleep 300\"");
      Watching watch = Watching.start(site, "--config", config);
      watch.awaitSaid("worker " + pool.pid(0) + " left");
      watch.awaitSaid("worker " + pool.pid(1) + " left");
      assertThat(watch.said("took longer than 10 s")).isZero();
      watch.end();
    }
  }

  /** A check names the place of what is wrong; what init writes passes it. */
  @Test
  void checksAndBeginsAConfiguration() {
    try (Site site = Site.open("check")) {
      Pool pool = Pool.start(site, 2);
      Path wrong =
          Watching.config(site, "[pool.shop]", "pidfile = \"/run/x.pid\"", "every = \"5 parsecs\"");
      Run check = Kidreaper.run("config", "check", wrong);
      assertThat(check.status()).isEqualTo(2);
      assertThat(check.err()).contains(wrong + ":3:1: every: '5 parsecs' is not a duration");

      Run init = Kidreaper.run("config", "init");
      assertThat(init.status()).isZero();
      assertThat(init.out()).contains("manager: process " + pool.managerPid(), "dry-run = true");
      Path begun = Watching.config(site, init.out());
      assertThat(Kidreaper.run("config", "check", begun).out()).contains("all well");
      assertThat(Kidreaper.run("config", "show", begun).out())
          .containsPattern("dry-run +true +# .*kr.toml:[0-9]+:1 \\[defaults\\]")
          .containsPattern("patience +30s +# default");
    }
  }

  /** A pool with a command is run by kidreaper itself, and no watch's. */
  @Test
  void aPoolWithACommandIsRun() {
    try (Site site = Site.open("runs")) {
      Path state = site.dir().directory("state");
      Path config =
          Watching.config(
              site,
              "[defaults]",
              "limit = \"30M\"",
              "[pool.mine]",
              "command = ['perl', '-e', 'while (accept my $c, STDIN) { close $c }']",
              "listen = \"unix:%s\"".formatted(site.dir().path("mine.sock")),
              "workers = 2",
              "state = \"%s\"".formatted(state));
      Run watched = Kidreaper.run("watch", "--config", config, "--state", state);
      assertThat(watched.err()).contains("has no [pool.NAME] to watch");
      Program.Running run =
          Kidreaper.with("run", "--config", config, "--workers", 3)
              .after("env", "--default-signal=HUP,INT,TERM")
              .start();
      try {
        Awaitility.await()
            .atMost(Duration.ofSeconds(40))
            .until(
                () -> Kidreaper.run("ctl", "--state", state, "status").out().contains("3 ready"));
        assertThat(Kidreaper.run("ctl", "--state", state, "status").out())
            .contains("mine (process ", "3 workers wanted", "limits: 30.0M a worker");
      } finally {
        Signals.send(run.pid(), "TERM");
      }
      assertThat(run.await().status()).isZero();
    }
  }

  private static String pool(String name, Pool pool) {
    return "[pool.%s]\npidfile = \"%s\"".formatted(name, pool.pidfile());
  }

  private static String get(String url, String accept) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> response =
          client.send(
              HttpRequest.newBuilder(URI.create(url)).header("Accept", accept).build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(response.statusCode()).isEqualTo(200);
      return response.body();
    }
  }
}
