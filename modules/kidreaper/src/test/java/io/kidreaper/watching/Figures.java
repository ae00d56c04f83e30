package io.kidreaper.watching;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A strict reader of Prometheus' text format and of OpenMetrics, with the rules that {@code
 * promtool check metrics} has on names: base units, {@code _total} for counters alone, help for
 * all, no series twice, histograms that add up.
 */
final class Figures {
  private static final Pattern SAMPLE =
      Pattern.compile(
          "([a-z_][a-z0-9_]*)(\\{((?:[a-z_]+=\"(?:[^\"\\\\\\n]|\\\\[\\\\\"n])*\",?)*)})? ([^ ]+)");
  private static final Pattern NO_BASE_UNIT =
      Pattern.compile("_(milliseconds|ms|minutes|hours|kilobytes|megabytes|kb|mb|percent)(_|$)");

  private Figures() {}

  /** What is wrong with a text, a sentence each. */
  static List<String> faults(String text, boolean open) {
    List<String> faults = new ArrayList<>();
    Map<String, String> types = new HashMap<>();
    Set<String> helped = new HashSet<>();
    Set<String> series = new HashSet<>();
    Set<String> closed = new HashSet<>();
    Map<String, Double> last = new HashMap<>();
    String current = "";
    if (!text.endsWith("\n")) {
      faults.add("the last line is not ended");
    }
    if (open != text.endsWith("# EOF\n")) {
      faults.add("# EOF is where it does not belong, or missing");
    }
    for (String line : text.lines().toList()) {
      if (line.equals("# EOF")) {
        continue;
      }
      if (line.startsWith("# ")) {
        String[] words = line.split(" ", 4);
        if (words.length < 4 || !Set.of("HELP", "TYPE", "UNIT").contains(words[1])) {
          faults.add("no comment of the format: " + line);
          continue;
        }
        if (!words[2].equals(current) && !closed.add(words[2])) {
          faults.add("family in two places: " + words[2]);
        }
        current = words[2];
        if (words[1].equals("HELP") && !helped.add(words[2])) {
          faults.add("two helps: " + line);
        }
        if (words[1].equals("TYPE") && types.put(words[2], words[3]) != null) {
          faults.add("two types: " + line);
        }
        if (words[1].equals("UNIT") && !words[2].endsWith("_" + words[3])) {
          faults.add("a unit that is not in the name: " + line);
        }
        continue;
      }
      Matcher sample = SAMPLE.matcher(line);
      if (!sample.matches()) {
        faults.add("no sample: " + line);
        continue;
      }
      sample(sample, line, open, current, types, helped, series, last, faults);
    }
    return faults;
  }

  private static void sample(
      Matcher sample,
      String line,
      boolean open,
      String current,
      Map<String, String> types,
      Set<String> helped,
      Set<String> series,
      Map<String, Double> last,
      List<String> faults) {
    String name = sample.group(1);
    String labels = String.valueOf(sample.group(3));
    double value = Double.parseDouble(sample.group(4));
    String type = types.getOrDefault(current, "none");
    String expected =
        switch (type) {
          case "counter" -> open ? current + "_total" : current;
          case "gauge" -> current;
          case "histogram" -> current + "_(bucket|sum|count)";
          default -> "a type";
        };
    if (!name.matches(expected)) {
      faults.add(line + " is no " + type + " of " + current);
    }
    if (type.equals("counter") != name.endsWith("_total")) {
      faults.add("counters end in _total, and nothing else does: " + line);
    }
    if (!helped.contains(current)) {
      faults.add("no help: " + line);
    }
    if (NO_BASE_UNIT.matcher(name).find()) {
      faults.add("no base unit: " + line);
    }
    if (type.equals("gauge") && name.matches(".*_(count|sum|bucket)")) {
      faults.add("a name for histograms: " + line);
    }
    if (!series.add(name + "{" + labels)) {
      faults.add("twice: " + line);
    }
    if (name.endsWith("_bucket")) {
      String one = name + labels.replaceFirst("le=\"[^\"]*\"", "");
      if (value < last.getOrDefault(one, 0.0)) {
        faults.add("a bucket that holds less than the one before: " + line);
      }
      last.put(one, value);
    }
    if (name.endsWith("_count") && type.equals("histogram")) {
      double most = last.getOrDefault(current + "_bucket" + labels, -1.0);
      double withComma = last.getOrDefault(current + "_bucket," + labels, most);
      if (withComma != value) {
        faults.add("the buckets do not add up: " + line);
      }
    }
  }
}
