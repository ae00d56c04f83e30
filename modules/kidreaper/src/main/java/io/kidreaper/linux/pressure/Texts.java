package io.kidreaper.linux.pressure;

import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** The forms in which the kernel writes what is asked here. What does not fit is empty. */
final class Texts {
  /** Version 1 writes "no limit" as the largest count of pages, in bytes. */
  private static final long NO_LIMIT_BYTES = 1L << 60;

  private Texts() {}

  /** Whether a limit's file says that there is none. */
  static boolean isNoLimit(String text) {
    return text.equals("max\n")
        || (number(text).isPresent() && number(text).getAsLong() >= NO_LIMIT_BYTES);
  }

  /** A file of one number and a line break, 0 or more. */
  static OptionalLong number(String text) {
    return text.endsWith("\n")
        ? digits(text.substring(0, text.length() - 1))
        : OptionalLong.empty();
  }

  /** The value in a line {@code key value}, as in memory.stat and memory.events. */
  static OptionalLong keyed(String text, String key) {
    return line(text, key + " ").stream()
        .map(Texts::digits)
        .findFirst()
        .orElse(OptionalLong.empty());
  }

  /** The value in bytes of a line {@code Key: value kB}, as in meminfo. */
  static OptionalLong kilobytes(String text, String key) {
    for (String value : line(text, key + ":")) {
      if (value.endsWith(" kB")) {
        OptionalLong number = digits(value.substring(0, value.length() - 3).strip());
        return number.isPresent() && number.getAsLong() < NO_LIMIT_BYTES
            ? OptionalLong.of(number.getAsLong() * 1024)
            : OptionalLong.empty();
      }
    }
    return OptionalLong.empty();
  }

  /**
   * The share of the last ten seconds, in percent, of a line {@code full avg10=0.00 avg60=…} of a
   * pressure file (Documentation/accounting/psi.rst).
   */
  static OptionalDouble average10(String text, String which) {
    for (String value : line(text, which + " avg10=")) {
      int end = value.indexOf(' ');
      if (end > 0 && value.substring(0, end).matches("\\d{1,3}\\.\\d\\d")) {
        return OptionalDouble.of(Double.parseDouble(value.substring(0, end)));
      }
    }
    return OptionalDouble.empty();
  }

  /** What follows a line's beginning; a line without its break may have been cut. */
  private static List<String> line(String text, String start) {
    int at = text.startsWith(start) ? 0 : text.indexOf("\n" + start) + 1;
    if (at == 0 && !text.startsWith(start)) {
      return List.of();
    }
    int end = text.indexOf('\n', at);
    return end < 0 ? List.of() : List.of(text.substring(at + start.length(), end));
  }

  private static OptionalLong digits(String text) {
    if (text.isEmpty() || !text.chars().allMatch(letter -> letter >= '0' && letter <= '9')) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(Long.parseLong(text));
    } catch (NumberFormatException e) {
      return OptionalLong.empty();
    }
  }
}
