package io.kidreaper.cli;

import io.kidreaper.config.ConfigFault;
import io.kidreaper.config.Entry;
import io.kidreaper.config.Nearest;
import io.kidreaper.config.Section;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/**
 * The keys of a configuration: each flag's long name without its dashes is its key, and there are
 * no others. So a key's words, bounds and complaints are those of its flag.
 */
final class ConfigKeys {
  /** What of a command line is no setting. */
  private static final Set<String> NO_KEYS = Set.of("help", "config");

  /** The key of what {@code run} has behind its flags. */
  static final String COMMAND = "command";

  private ConfigKeys() {}

  /** The head of a file. */
  @Command
  static final class Head {
    @Mixin WatchOptions options = new WatchOptions();
  }

  /** A pool that somebody else manages. */
  @Command
  static final class Attached {
    @Mixin PoolOptions options = new PoolOptions();
  }

  static Map<String, OptionSpec> head() {
    return keys(new CommandLine(new Head()));
  }

  static Map<String, OptionSpec> attached() {
    return keys(new CommandLine(new Attached()));
  }

  static Map<String, OptionSpec> managed(RunCommand run) {
    return keys(new CommandLine(run));
  }

  private static Map<String, OptionSpec> keys(CommandLine line) {
    Map<String, OptionSpec> keys = new LinkedHashMap<>();
    for (OptionSpec option : line.getCommandSpec().options()) {
      String key = key(option);
      if (!NO_KEYS.contains(key)) {
        keys.put(key, option);
      }
    }
    return keys;
  }

  static String key(OptionSpec option) {
    return option.longestName().substring(2);
  }

  /** Refuses keys that there are not. */
  static void check(Section section, Collection<String> known) throws ConfigFault {
    for (Entry entry : section.entries().values()) {
      if (!known.contains(entry.key())) {
        Optional<String> nearest = Nearest.to(entry.key(), known);
        throw new ConfigFault(
            entry.place(),
            "there is no key '"
                + entry.key()
                + "'"
                + nearest.map(it -> "; did you mean '" + it + "'?").orElse(""));
      }
    }
  }

  /** A pool's own keys, and of the defaults those that it has not and that its kind knows. */
  static Map<String, Entry> merged(Section defaults, Section pool, Set<String> known) {
    Map<String, Entry> merged = new LinkedHashMap<>();
    Set<String> own = new LinkedHashSet<>(pool.entries().keySet());
    // Who says where a pool is says it alone.
    boolean saysWhere = own.stream().anyMatch(PoolOptions.WHERE::contains);
    defaults
        .entries()
        .forEach((key, entry) -> {
          if (known.contains(key) && !(saysWhere && PoolOptions.WHERE.contains(key))) {
            merged.put(key, entry);
          }
        });
    merged.putAll(pool.entries());
    return merged;
  }

  /** The same as a command line has it. */
  static List<String> words(Collection<Entry> entries) {
    List<String> words = new ArrayList<>();
    for (Entry entry : entries) {
      for (String value : entry.values()) {
        words.add("--" + entry.key() + "=" + value);
      }
    }
    return words;
  }

  /** Reads words into a command's object; complaints name the place of what is wrong. */
  static void parse(CommandLine line, List<String> words, Map<String, Entry> entries, String where)
      throws ConfigFault {
    try {
      Commands.converters(line).parseArgs(words.toArray(String[]::new));
    } catch (ParameterException e) {
      throw fault(e, entries, where);
    }
  }

  static ConfigFault fault(ParameterException e, Map<String, Entry> entries, String where) {
    if (e.getArgSpec() instanceof OptionSpec option) {
      Entry entry = entries.get(key(option));
      if (entry != null) {
        String text =
            String.valueOf(e.getMessage())
                .replaceFirst("^Invalid value for option '--[a-z-]+' ?(\\([^)]*\\))?: ", "");
        return new ConfigFault(entry.place(), entry.key() + ": " + text);
      }
    }
    return new ConfigFault(where + ": " + e.getMessage());
  }
}
