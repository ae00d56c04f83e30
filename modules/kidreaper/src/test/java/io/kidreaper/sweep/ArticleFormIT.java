package io.kidreaper.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.kidreaper.command.Kidreaper;
import io.kidreaper.command.Program;
import io.kidreaper.command.Run;
import io.kidreaper.testbed.RunningServer;
import io.kidreaper.testbed.Site;
import io.kidreaper.testbed.load.Route;
import io.kidreaper.testbed.server.ProcManager;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** {@code kidreaper PPID BYTES} in place of the article's cron script. */
class ArticleFormIT {
  private static final int WORKERS = 4;
  private static final int LEAK_KB = 40 * 1024;
  private static final long PAUSE_MILLIS = 10_000;
  // The worker writes the time down when its handler runs, a little after the signal was sent.
  private static final long TOLERANCE_MILLIS = 1_000;

  /**
   * The same children get HUP as the script would choose by {@code ps}, one of them exactly at the
   * limit; 10 s apart, without a word, and no other process of the pool gets a signal.
   */
  @Test
  void retiresWhomTheScriptWouldHaveChosen() {
    try (Site site = Site.open("article")) {
      RunningServer pool = SignalsLogged.start(site, new ProcManager(), WORKERS);
      Growth growth = Growth.of(pool, site.nginx(pool));
      int first = growth.one(new Route.Leak(LEAK_KB), LEAK_KB, Set.of());
      int second = growth.one(new Route.Leak(2 * LEAK_KB), 2 * LEAK_KB, Set.of(first));
      Set<Identity> before = Identity.childrenOf(pool.managerPid());
      long limitBytes = 1024 * sizesByPs(pool.managerPid()).getOrDefault(first, 0L);
      Set<Integer> chosen = chosenByScript(pool.managerPid(), limitBytes);
      assertThat(chosen).containsExactlyInAnyOrder(first, second);

      Run run = Kidreaper.run(pool.managerPid(), limitBytes);

      assertThat(run).isEqualTo(new Run(0, "", ""));
      List<Received> signals = SignalsLogged.of(site);
      assertThat(signals).hasSize(2).extracting(Received::name).containsOnly("HUP");
      assertThat(signals).extracting(Received::pid).containsExactlyInAnyOrderElementsOf(chosen);
      assertThat(signals.get(1).millis() - signals.get(0).millis())
          .isGreaterThanOrEqualTo(PAUSE_MILLIS - TOLERANCE_MILLIS);
      Set<Identity> after = Identity.childrenOf(pool.managerPid());
      assertThat(after).hasSize(WORKERS);
      Set<Identity> stayed = new HashSet<>(before);
      stayed.removeIf(worker -> chosen.contains(worker.pid()));
      assertThat(after).containsAll(stayed);
    }
  }

  @Test
  void saysWhatWentWrongAlsoWithoutATerminal() {
    try (Site site = Site.open("article")) {
      Pool pool = Pool.start(site, 2, "grow=0:80", "ends=die");

      Run run = Kidreaper.run(pool.managerPid(), "60M");

      assertThat(run.status()).as(run.toString()).isEqualTo(4);
      assertThat(run.out()).containsPattern(pool.pid(0) + " .* MANAGER LOST");
      assertThat(run.err()).contains("no further worker was signalled");
    }
  }

  /** The article's selection: all lines of ps whose size, in KiB, comes to so many bytes. */
  private static Set<Integer> chosenByScript(int manager, long limitBytes) {
    return sizesByPs(manager).entrySet().stream()
        .filter(line -> 1024 * line.getValue() >= limitBytes)
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  private static Map<Integer, Long> sizesByPs(int manager) {
    Run ps = Program.of("ps", "-o", "pid=,vsz=", "--ppid", manager).run();
    return ps.out()
        .lines()
        .map(line -> line.strip().split(" +"))
        .collect(
            Collectors.toMap(
                words -> Integer.parseInt(words[0]), words -> Long.parseLong(words[1])));
  }
}
