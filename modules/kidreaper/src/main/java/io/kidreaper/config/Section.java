package io.kidreaper.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The keys of one table, in their order.
 *
 * @param name of the pool; empty for the head and for {@code [defaults]}
 */
public record Section(String name, Place place, Map<String, Entry> entries) {
  public Section {
    entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
  }
}
