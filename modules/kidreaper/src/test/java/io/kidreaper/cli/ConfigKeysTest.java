package io.kidreaper.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kidreaper.config.ConfigFault;
import io.kidreaper.memory.Limit;
import io.kidreaper.memory.Measure;
import io.kidreaper.watch.AttachedSettings;
import io.kidreaper.watch.Whereabouts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class ConfigKeysTest {
  /** What of a command line is no setting. */
  private static final Set<String> NO_KEYS = Set.of("help", "config");

  @TempDir Path dir;

  private static RunCommand run() {
    return new RunCommand(new ManagedRun(Screen.plain().terminal(), Map.of()), new Later());
  }

  private static Set<String> flags(String command) {
    CommandLine line =
        Commands.line(
            Screen.plain().terminal(),
            Interruption.none(),
            new SweepCommand(Screen.plain().terminal(), Interruption.none()));
    return java.util.Objects.requireNonNull(line.getSubcommands().get(command))
        .getCommandSpec()
        .options()
        .stream()
        .map(option -> option.longestName().substring(2))
        .filter(name -> !NO_KEYS.contains(name))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void everyFlagOfWatchHasItsKeyAndTheOtherWayRound() {
    Set<String> keys =
        Stream.of(ConfigKeys.head(), ConfigKeys.attached())
            .flatMap(table -> table.keySet().stream())
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(keys).isEqualTo(flags("watch"));
    assertThat(ConfigKeys.head().keySet())
        .doesNotContainAnyElementsOf(ConfigKeys.attached().keySet());
  }

  @Test
  void everyFlagOfRunHasItsKeyAndTheOtherWayRound() {
    assertThat(new TreeSet<>(ConfigKeys.managed(run()).keySet())).isEqualTo(flags("run"));
  }

  @Test
  void theIssuesKeysAreThere() {
    assertThat(ConfigKeys.attached().keySet())
        .contains(
            "manager",
            "limit",
            "budget",
            "max-requests",
            "max-age",
            "measure",
            "signal",
            "at",
            "patience",
            "grace",
            "escalate",
            "pause",
            "at-most-retiring",
            "keep-idle",
            "min-age",
            "every",
            "dry-run",
            "on-event",
            "members");
  }

  /** Every key of a pool set to something else than its default arrives where it is used. */
  @Test
  void everyKeyOfAPoolArrives() throws IOException, ConfigFault {
    AttachedSettings pool =
        read("""
        [defaults]
        limit = "10M"
        every = "3s"
        [pool.shop]
        pidfile = "/run/shop.pid"
        members = "^perl"
        limit = "150M"
        measure = "rss"
        samples = 5
        budget = "1G"
        max-age = "6h"
        idle-retire = "10m"
        signal = "TERM"
        at = "idle"
        patience = "7s"
        grace = "8s"
        escalate = "kill"
        force = true
        pause = "9s"
        at-most-retiring = 3
        keep-idle = 4
        min-age = "11s"
        dry-run = false
        on-event = "logger"
        """)
            .attached()
            .getFirst();
    assertThat(pool.name()).isEqualTo("shop");
    assertThat(pool.where()).isEqualTo(new Whereabouts.ByPidfile(Path.of("/run/shop.pid")));
    assertThat(pool.every()).isEqualTo(Duration.ofSeconds(3));
    assertThat(pool.members()).contains("^perl");
    assertThat(pool.dryRun()).isFalse();
    assertThat(pool.onEvent()).contains("logger");
    assertThat(pool.limits().limit()).contains(new Limit(Measure.RSS, 150L << 20));
    assertThat(pool.limits().samplesOver()).isEqualTo(5);
    assertThat(pool.limits().budgetBytes()).hasValue(1L << 30);
    assertThat(pool.limits().maxAgeMillis()).hasValue(6 * 3_600_000L);
    assertThat(pool.limits().idleRetireMillis()).hasValue(600_000);
    assertThat(pool.limits().restraint().gapMillis()).isEqualTo(9_000);
    assertThat(pool.limits().restraint().atMostLeaving()).isEqualTo(3);
    assertThat(pool.limits().restraint().keepWorkers()).isEqualTo(4);
    assertThat(pool.limits().restraint().minAgeMillis()).isEqualTo(11_000);
    assertThat(pool.asking().toString())
        .contains("TERM", "IDLE", "patience=PT7S", "grace=PT8S", "KILL", "force=true");
  }

  @Test
  void aFileThatSaysTheSameGivesSettingsThatAreEqual() throws IOException, ConfigFault {
    String text = "[pool.a]\nmanager = 7\nlimit = \"1M\"\nsignal = \"HUP\"\nat = \"any\"\n";
    assertThat(read(text).attached()).isEqualTo(read(text).attached());
  }

  @Test
  void whereAPoolIsIsNotTakenFromTheDefaultsToo() throws IOException, ConfigFault {
    WatchConfig config =
        read("[defaults]\nunit = \"x\"\n[pool.a]\nmanager = 7\n[pool.b]\nlimit = \"1M\"\n");
    assertThat(config.attached())
        .extracting(AttachedSettings::where)
        .containsExactlyInAnyOrder(new Whereabouts.ByPid(7), new Whereabouts.ByUnit("x"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "limt = \"1M\"             | :3:1: there is no key 'limt'; did you mean 'limit'?",
        "limit = \"12 parsecs\"    | :3:1: limit: ",
        "limit = 0                 | :3:1: limit 0 would retire every worker for ever",
        "manager = 3               | say where the pool is once",
        "at = \"noon\"             | :3:1: at: ",
        "samples = 0               | :3:1: samples 0 is less than 1",
        "members = \"(\"           | :3:1: members '(' is no regular expression",
        "workers = 3               | :3:1: there is no key 'workers'",
        "dry-run = \"maybe\"       | :3:1: dry-run: ",
        "min-age = \"1s\"          | :3:1: min-age has to be at least 2s",
        "every = \"1ms\"           | :3:1: every has to be at least 50ms",
      })
  void whatIsWrongIsToldWithItsPlace(String line, String told) {
    assertThatThrownBy(() -> read("[pool.a]\npidfile = \"/run/a\"\n" + line + "\n").attached())
        .isInstanceOf(ConfigFault.class)
        .hasMessageContaining(told)
        .hasMessageStartingWith(dir.resolve("kr.toml").toString());
  }

  @Test
  void aManagedPoolsKeysAreThoseOfRun() throws IOException, ConfigFault {
    WatchConfig config =
        read(
            "[pool.a]\ncommand = \"perl 'my app.fcgi' -x\"\nlisten = [\"127.0.0.1:1\", \"127.0.0.1:2\"]\n");
    assertThat(config.attached()).isEmpty();
    assertThat(new ConfigShow(config, run()).check()).isEqualTo(1);
    assertThatThrownBy(() ->
            new ConfigShow(read("[pool.a]\ncommand = \"x\"\nworkers = \"many\"\n"), run()).check())
        .hasMessageContaining(":3:1: workers: ");
  }

  @Test
  void wordsAreSplitAsAShellDoes() {
    assertThat(ShellWords.split(" a 'b c' \"d \\\" e\" f\\ g '' "))
        .isEqualTo(List.of("a", "b c", "d \" e", "f g", ""));
    assertThatThrownBy(() -> ShellWords.split("a 'b")).hasMessageContaining("not closed");
  }

  private WatchConfig read(String text) throws IOException, ConfigFault {
    Path file = Files.writeString(dir.resolve("kr.toml"), text);
    return WatchConfig.read(file, run());
  }
}
