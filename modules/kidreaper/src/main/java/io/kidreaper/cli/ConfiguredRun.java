package io.kidreaper.cli;

import io.kidreaper.config.ConfigFault;
import io.kidreaper.config.Entry;
import io.kidreaper.config.Section;
import io.kidreaper.run.state.PoolName;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** {@code kidreaper run --config FILE}: the command line that a pool of the file comes to. */
final class ConfiguredRun {
  private ConfiguredRun() {}

  /**
   * Fills a command from a file.
   *
   * @param again a command that nothing was said to yet
   * @param name of the pool; empty where there is one only
   * @param said what the command line said besides, by key, which counts more
   * @param command what it said behind its flags
   */
  static RunCommand fill(
      Path file,
      RunCommand again,
      Optional<PoolName> name,
      Map<String, List<String>> said,
      List<String> command)
      throws ConfigFault {
    WatchConfig config = WatchConfig.read(file, again);
    Section pool = choose(config, name);
    Map<String, Entry> entries = new LinkedHashMap<>(config.entries(pool));
    entries.keySet().removeAll(said.keySet());
    List<String> words = words(entries, pool, said.containsKey("name"));
    said.forEach((key, values) -> values.forEach(value -> words.add("--" + key + "=" + value)));
    words.add("--");
    words.addAll(command.isEmpty() ? command(entries) : command);
    ConfigKeys.parse(line(again), words, entries, pool.place().toString());
    return again;
  }

  /** Whether a pool's values can be read, without a look at what they come to on this machine. */
  static void check(WatchConfig config, Section pool, RunCommand scratch) throws ConfigFault {
    Map<String, Entry> entries = config.entries(pool);
    ConfigKeys.parse(line(scratch), words(entries, pool, false), entries, pool.place().toString());
  }

  private static List<String> words(Map<String, Entry> entries, Section pool, boolean named) {
    Map<String, Entry> flags = new LinkedHashMap<>(entries);
    flags.remove(ConfigKeys.COMMAND);
    List<String> words = new ArrayList<>(ConfigKeys.words(flags.values()));
    if (!named && !flags.containsKey("name")) {
      words.add("--name=" + pool.name());
    }
    return words;
  }

  private static List<String> command(Map<String, Entry> entries) throws ConfigFault {
    Entry command = entries.get(ConfigKeys.COMMAND);
    if (command == null) {
      return List.of();
    }
    try {
      return command.values().size() == 1
          ? ShellWords.split(command.values().getFirst())
          : command.values();
    } catch (CommandLine.TypeConversionException e) {
      throw new ConfigFault(command.place(), "command: " + e.getMessage());
    }
  }

  private static CommandLine line(RunCommand command) {
    return new CommandLine(command).setStopAtPositional(true);
  }

  private static Section choose(WatchConfig config, Optional<PoolName> name) throws ConfigFault {
    List<Section> managed = config.file().pools().stream().filter(WatchConfig::isManaged).toList();
    List<Section> meant =
        managed.stream()
            .filter(pool -> name.isEmpty() || pool.name().equals(name.get().text()))
            .toList();
    if (meant.size() == 1) {
      return meant.getFirst();
    }
    List<String> names = managed.stream().map(Section::name).toList();
    throw new ConfigFault(
        config.file().path()
            + (meant.isEmpty()
                ? name.map(it -> " has no pool '" + it + "' with a command")
                    .orElse(" has no pool with a command")
                : " has several pools with a command; say which with --name: "
                    + String.join(", ", names)));
  }

  /** What a wrong value is called on the command line of {@code run}. */
  static ParameterException wrong(CommandLine line, ConfigFault fault) {
    return new ParameterException(line, fault.sentence(), fault);
  }
}
