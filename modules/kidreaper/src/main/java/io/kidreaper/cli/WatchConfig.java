package io.kidreaper.cli;

import io.kidreaper.config.ConfigFault;
import io.kidreaper.config.ConfigFile;
import io.kidreaper.config.Entry;
import io.kidreaper.config.Section;
import io.kidreaper.run.state.PoolName;
import io.kidreaper.watch.AttachedSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.TypeConversionException;

/** A configuration as commands want it: what is wrong with it is told with its place. */
final class WatchConfig {
  private final ConfigFile file;
  private final RunCommand run;

  private WatchConfig(ConfigFile file, RunCommand run) {
    this.file = file;
    this.run = run;
  }

  /**
   * Reads a file and refuses keys that there are not.
   *
   * @param run whose flags are the keys of pools that kidreaper runs itself
   */
  static WatchConfig read(Path path, RunCommand run) throws ConfigFault {
    WatchConfig config = new WatchConfig(ConfigFile.read(path), run);
    config.checkKeys();
    return config;
  }

  private void checkKeys() throws ConfigFault {
    ConfigKeys.check(file.head(), ConfigKeys.head().keySet());
    Set<String> attached = ConfigKeys.attached().keySet();
    Set<String> managed = new HashSet<>(ConfigKeys.managed(run).keySet());
    managed.add(ConfigKeys.COMMAND);
    Set<String> any = new HashSet<>(attached);
    any.addAll(managed);
    ConfigKeys.check(file.defaults(), any);
    for (Section pool : file.pools()) {
      if (!PoolName.isName(pool.name())) {
        throw new ConfigFault(pool.place(), wrongName(pool.name()));
      }
      ConfigKeys.check(pool, isManaged(pool) ? managed : attached);
    }
  }

  private static String wrongName(String name) {
    try {
      return new PoolName(name).text();
    } catch (IllegalArgumentException e) {
      return String.valueOf(e.getMessage());
    }
  }

  ConfigFile file() {
    return file;
  }

  /** Whether kidreaper runs the pool itself: it has a command. */
  static boolean isManaged(Section pool) {
    return pool.entries().containsKey(ConfigKeys.COMMAND);
  }

  /**
   * What a watch as a whole is to be.
   *
   * @param said what the command line said of it, which counts more, by key
   */
  WatchOptions options(Map<String, List<String>> said) throws ConfigFault {
    Map<String, Entry> entries = new LinkedHashMap<>(file.head().entries());
    entries.keySet().removeAll(said.keySet());
    List<String> words = new ArrayList<>(ConfigKeys.words(entries.values()));
    said.forEach((key, values) -> values.forEach(value -> words.add("--" + key + "=" + value)));
    ConfigKeys.Head head = new ConfigKeys.Head();
    ConfigKeys.parse(new CommandLine(head), words, entries, file.path().toString());
    return head.options;
  }

  /** The pools that somebody else manages. */
  List<AttachedSettings> attached() throws ConfigFault {
    List<AttachedSettings> pools = new ArrayList<>();
    for (Section pool : file.pools()) {
      if (!isManaged(pool)) {
        pools.add(attached(pool));
      }
    }
    return pools;
  }

  private AttachedSettings attached(Section pool) throws ConfigFault {
    Map<String, Entry> entries = entries(pool);
    ConfigKeys.Attached attached = new ConfigKeys.Attached();
    String where = pool.place() + ": [pool." + pool.name() + "]";
    ConfigKeys.parse(new CommandLine(attached), ConfigKeys.words(entries.values()), entries, where);
    try {
      return attached.options.settings(pool.name());
    } catch (TypeConversionException e) {
      // The flag that a sentence begins with is the key that is wrong.
      String text = String.valueOf(e.getMessage());
      for (Entry entry : entries.values()) {
        if (text.startsWith("--" + entry.key() + " ")) {
          throw new ConfigFault(entry.place(), text.substring(2));
        }
      }
      throw new ConfigFault(where + ": " + text.replace("--", ""));
    }
  }

  /** All that is set for a pool, by key. */
  Map<String, Entry> entries(Section pool) {
    return ConfigKeys.merged(
        file.defaults(),
        pool,
        isManaged(pool) ? ConfigKeys.managed(run).keySet() : ConfigKeys.attached().keySet());
  }
}
