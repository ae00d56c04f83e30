package io.kidreaper.config;

import java.util.List;

/**
 * One key and what it is set to.
 *
 * @param values as a command line would have them; several for a list
 * @param inDefaults whether it comes from {@code [defaults]}
 */
public record Entry(String key, List<String> values, Place place, boolean inDefaults) {
  public Entry {
    values = List.copyOf(values);
  }
}
