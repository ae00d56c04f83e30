package io.kidreaper.cli;

import io.kidreaper.config.ConfigFault;
import io.kidreaper.config.Entry;
import io.kidreaper.config.Section;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.OptionSpec;

/** All that holds by a configuration: each key's value, and where it comes from. */
final class ConfigShow {
  private final WatchConfig config;
  private final RunCommand run;

  ConfigShow(WatchConfig config, RunCommand run) {
    this.config = config;
    this.run = run;
  }

  /**
   * Reads every value as the commands would.
   *
   * @return how many pools there are
   */
  int check() throws ConfigFault {
    WatchOptions options = config.options(Map.of());
    try {
      double _ = options.cpuShare();
      var _ = options.metrics();
    } catch (picocli.CommandLine.TypeConversionException e) {
      throw new ConfigFault(config.file().path() + ": " + e.getMessage());
    }
    config.attached();
    for (Section pool : config.file().pools()) {
      if (WatchConfig.isManaged(pool)) {
        ConfiguredRun.check(config, pool, run);
      }
    }
    return config.file().pools().size();
  }

  List<String> lines() {
    List<String> lines = new ArrayList<>();
    table(lines, config.file().head().entries(), ConfigKeys.head());
    for (Section pool : config.file().pools()) {
      lines.add("");
      lines.add("[pool." + pool.name() + "]");
      Map<String, Entry> entries = config.entries(pool);
      Entry command = entries.get(ConfigKeys.COMMAND);
      if (command != null) {
        lines.add(line(ConfigKeys.COMMAND, String.join(" ", command.values()), origin(command)));
      }
      table(
          lines,
          entries,
          WatchConfig.isManaged(pool) ? ConfigKeys.managed(run) : ConfigKeys.attached());
    }
    return lines;
  }

  private static void table(
      List<String> lines, Map<String, Entry> entries, Map<String, OptionSpec> keys) {
    keys.forEach((key, option) -> {
      Entry entry = entries.get(key);
      if (entry != null) {
        lines.add(line(key, String.join(", ", entry.values()), origin(entry)));
      } else {
        String value = option.defaultValue();
        lines.add(line(key, value == null ? "-" : value, value == null ? "not set" : "default"));
      }
    });
  }

  private static String origin(Entry entry) {
    return entry.place() + (entry.inDefaults() ? " [defaults]" : "");
  }

  private static String line(String key, String value, String origin) {
    return "%-18s %-28s # %s".formatted(key, value, origin);
  }
}
