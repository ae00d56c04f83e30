package io.kidreaper.linux;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalLong;

/** The {@code Key: value unit} lines of smaps_rollup, status and meminfo. */
final class KeyValues {
  private final String text;

  KeyValues(byte[] text) {
    this.text = new String(text, StandardCharsets.ISO_8859_1);
  }

  /** The value of a key as it stands, without blanks around it. */
  Optional<String> value(String key) {
    String start = key + ":";
    int at = text.startsWith(start) ? 0 : text.indexOf("\n" + start) + 1;
    if (at == 0 && !text.startsWith(start)) {
      return Optional.empty();
    }
    int end = text.indexOf('\n', at);
    // A last line without its break may be cut off in the middle of a number.
    return end < 0
        ? Optional.empty()
        : Optional.of(text.substring(at + start.length(), end).strip());
  }

  /** The value of a {@code Key: N kB} line in bytes, empty where there is no such line. */
  OptionalLong kilobytes(String key) {
    Optional<String> value = value(key);
    if (value.isEmpty()) {
      return OptionalLong.empty();
    }
    String digits = value.get();
    if (!digits.endsWith(" kB")) {
      throw new MalformedProcFileException(key + " is not in kB: " + digits);
    }
    try {
      long kilobytes = Long.parseLong(digits, 0, digits.length() - 3, 10);
      if (kilobytes < 0) {
        throw new MalformedProcFileException(key + " is negative: " + digits);
      }
      return OptionalLong.of(Math.multiplyExact(kilobytes, 1024));
    } catch (NumberFormatException | ArithmeticException e) {
      throw new MalformedProcFileException(key + " is not a number: " + digits);
    }
  }

  /** As {@link #kilobytes}, for a line that every supported kernel has. */
  long requiredKilobytes(String key) {
    return kilobytes(key)
        .orElseThrow(() -> new MalformedProcFileException("there is no line " + key));
  }
}
