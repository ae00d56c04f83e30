package io.kidreaper.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/**
 * A configuration as it stands in its file.
 *
 * @param head what is said before any table
 * @param defaults of all pools
 */
public record ConfigFile(Path path, Section head, Section defaults, List<Section> pools) {
  private static final long LARGEST_BYTES = 1 << 20;
  private static final String DEFAULTS = "defaults";
  private static final String POOL = "pool";

  public ConfigFile {
    pools = List.copyOf(pools);
  }

  /** Reads a file. */
  public static ConfigFile read(Path path) throws ConfigFault {
    try {
      if (Files.size(path) > LARGEST_BYTES) {
        throw new ConfigFault(path + " is larger than 1 MiB");
      }
      return parse(path, Files.readString(path));
    } catch (NoSuchFileException e) {
      throw new ConfigFault("there is no file " + path);
    } catch (IOException e) {
      throw new ConfigFault(path + " cannot be read: " + e);
    }
  }

  /**
   * @param path for messages
   */
  public static ConfigFile parse(Path path, String text) throws ConfigFault {
    TomlParseResult toml = Toml.parse(text);
    if (toml.hasErrors()) {
      TomlParseError first = toml.errors().getFirst();
      throw new ConfigFault(place(path, first.position()), String.valueOf(first.getMessage()));
    }
    Place top = new Place(path, 1, 1);
    Map<String, Entry> head = new LinkedHashMap<>();
    Section defaults = new Section("", top, Map.of());
    List<Section> pools = new ArrayList<>();
    for (String key : toml.keySet()) {
      Place place = place(path, toml.inputPositionOf(List.of(key)));
      Object value = toml.get(List.of(key));
      if (key.equals(DEFAULTS) && value instanceof TomlTable table) {
        defaults = section(path, "", place, table, true);
      } else if (key.equals(POOL) && value instanceof TomlTable table) {
        pools.addAll(pools(path, table));
      } else if (value instanceof TomlTable) {
        throw new ConfigFault(
            place, "there is no table [" + key + "]; there are [defaults] and [pool.NAME]");
      } else {
        head.put(key, new Entry(key, values(place, key, value), place, false));
      }
    }
    return new ConfigFile(path, new Section("", top, head), defaults, pools);
  }

  private static List<Section> pools(Path path, TomlTable tables) throws ConfigFault {
    List<Section> pools = new ArrayList<>();
    for (String name : tables.keySet()) {
      Place place = place(path, tables.inputPositionOf(List.of(name)));
      if (!(tables.get(List.of(name)) instanceof TomlTable table)) {
        throw new ConfigFault(place, "'" + name + "' is in no pool; a pool is a table [pool.NAME]");
      }
      pools.add(section(path, name, place, table, false));
    }
    return pools;
  }

  private static Section section(
      Path path, String name, Place place, TomlTable table, boolean inDefaults) throws ConfigFault {
    Map<String, Entry> entries = new LinkedHashMap<>();
    for (String key : table.keySet()) {
      Place at = place(path, table.inputPositionOf(List.of(key)));
      entries.put(key, new Entry(key, values(at, key, table.get(List.of(key))), at, inDefaults));
    }
    return new Section(name, place, entries);
  }

  private static List<String> values(Place place, String key, @Nullable Object value)
      throws ConfigFault {
    if (value instanceof TomlArray array) {
      List<String> values = new ArrayList<>();
      for (int i = 0; i < array.size(); i++) {
        values.add(word(place, key, array.get(i)));
      }
      return values;
    }
    return List.of(word(place, key, value));
  }

  private static String word(Place place, String key, @Nullable Object value) throws ConfigFault {
    if (value instanceof String || value instanceof Long || value instanceof Boolean) {
      return value.toString();
    }
    throw new ConfigFault(
        place, "'" + key + "' has to be a text, a whole number, true, false, or a list of texts");
  }

  private static Place place(Path path, @Nullable TomlPosition position) {
    return position == null
        ? new Place(path, 1, 1)
        : new Place(path, position.line(), position.column());
  }
}
